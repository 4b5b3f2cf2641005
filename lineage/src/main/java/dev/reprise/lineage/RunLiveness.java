package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which carried variables of a run, after each of its iterations, a variable at its end is made of.
 * Computed from the end backwards over the patches; stretches of one path cost one step once the
 * variables no longer change.
 */
final class RunLiveness {
  /** More changes than that are not kept: the runs are then compared item by item. */
  private static final int MOST_STRETCHES = 1 << 20;

  private final RunBody body;

  // By path and variable: the variables before an iteration that the variable after it is made of.
  private final BitSet[][] sources;

  /** From the last iterations to the first ones. */
  private final List<Stretch> stretches = new ArrayList<>();

  /** The variables after the iterations from this one up to the stretch before in the list. */
  private record Stretch(long from, int[] variables) {}

  private RunLiveness(RunBody body) {
    this.body = body;
    this.sources = new BitSet[body.patchCount()][];
  }

  /** For a variable after an iteration; null when the variables change too often. */
  static RunLiveness of(RunBody body, long iteration, int variable) {
    RunLiveness made = new RunLiveness(body);
    return made.fill(iteration, variable) ? made : null;
  }

  /** True when a variable is made of itself whatever path an iteration takes. */
  static boolean isKept(RunBody body, int variable) {
    for (int path = 0; path < body.patchCount(); path++) {
      if (!sources(body.patch(path))[variable].get(variable)) {
        return false;
      }
    }
    return true;
  }

  /** True when whatever path an iteration takes, it makes a new value from the variable's own. */
  static boolean isGrowing(RunBody body, int variable) {
    for (int path = 0; path < body.patchCount(); path++) {
      if (Ref.kind(body.patch(path).outputs[variable]) != Ref.NODE
          || body.patch(path).innerRuns > 0) {
        return false;
      }
    }
    return isKept(body, variable);
  }

  private boolean fill(long last, int variable) {
    BitSet live = new BitSet();
    live.set(variable);
    long iteration = last;
    while (iteration >= 0) {
      BitSet before = before(body.path.at(iteration), live);
      if (before.equals(live)) {
        iteration = body.path.stretchStart(iteration) - 1;
        continue;
      }
      stretches.add(new Stretch(iteration, live.stream().toArray()));
      if (stretches.size() > MOST_STRETCHES) {
        return false;
      }
      live = before;
      iteration--;
    }
    stretches.add(new Stretch(-1, live.stream().toArray()));
    return true;
  }

  private BitSet before(int path, BitSet live) {
    if (sources[path] == null) {
      sources[path] = sources(body.patch(path));
    }
    BitSet before = new BitSet();
    for (int c = live.nextSetBit(0); c >= 0; c = live.nextSetBit(c + 1)) {
      before.or(sources[path][c]);
    }
    return before;
  }

  /** True when the variables are those and no others: there is no inner run. */
  boolean isExact() {
    for (int path = 0; path < body.patchCount(); path++) {
      if (body.patch(path).innerRuns > 0) {
        return false;
      }
    }
    return true;
  }

  /** An inner run counts as made of all that it takes. */
  private static BitSet[] sources(Patch patch) {
    BitSet[] nodes = new BitSet[patch.size()];
    for (int node = 0; node < nodes.length; node++) {
      nodes[node] = new BitSet();
      for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
        add(patch, patch.refs[i], nodes, nodes[node]);
      }
    }
    BitSet[] outputs = new BitSet[patch.outputs.length];
    for (int c = 0; c < outputs.length; c++) {
      outputs[c] = new BitSet();
      add(patch, patch.outputs[c], nodes, outputs[c]);
    }
    return outputs;
  }

  private static void add(Patch patch, int ref, BitSet[] nodes, BitSet to) {
    int index = Ref.index(ref);
    switch (Ref.kind(ref)) {
      case Ref.CARRIED -> to.set(index);
      case Ref.NODE -> to.or(nodes[index]);
      case Ref.INNER -> to.or(nodes[patch.innerOutputs[2 * index]]);
      default -> {}
    }
  }

  /** Gives the variables of one iteration after the other, from before the first on. */
  Cursor fromStart() {
    return new Cursor();
  }

  /** A place in the run that moves forward. */
  final class Cursor {
    private int at = stretches.size() - 1;

    int[] variablesAfter(long iteration) {
      while (at > 0 && stretches.get(at - 1).from <= iteration) {
        at--;
      }
      return stretches.get(at).variables;
    }
  }
}
