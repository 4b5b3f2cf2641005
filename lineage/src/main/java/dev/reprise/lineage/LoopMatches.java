package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where in a loop an item with a certain key is: for each path the places, from some iteration on
 * until another one is said.
 *
 * @param byPath entries in the order of iterations; none for a path means no match
 */
record LoopMatches(List<List<Entry>> byPath) {

  /**
   * @param first the iteration from which on it holds
   * @param here null for no match
   */
  record Entry(long first, Here here) {}

  /**
   * The matches in one iteration.
   *
   * @param values numbers of values
   * @param nodes numbers of operations
   * @param inner matches inside of inner runs, by node
   */
  record Here(BitSet values, BitSet nodes, Map<Integer, LoopMatches> inner) {}

  Here at(int path, long iteration) {
    List<Entry> entries = byPath.get(path);
    int at = indexOf(entries, iteration);
    return at < 0 ? null : entries.get(at).here();
  }

  /** The first iteration after this one from which on other places match. */
  long next(int path, long iteration) {
    List<Entry> entries = byPath.get(path);
    int at = indexOf(entries, iteration) + 1;
    return at < entries.size() ? entries.get(at).first() : Long.MAX_VALUE;
  }

  private static int indexOf(List<Entry> entries, long iteration) {
    int low = -1;
    int high = entries.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (entries.get(middle).first() <= iteration) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Looks for an item in loops. Confined to one question. */
  static final class Search {
    private final LineageItem item;
    private final Operation operation;
    private final ValueKind number;
    // Equal matches are one object.
    private final Map<Object, Object> shared = new HashMap<>();
    private final Map<Patch, int[]> candidates = new IdentityHashMap<>();
    private final Map<RunBody, Boolean> evaluated = new IdentityHashMap<>();

    Search(LineageItem item) {
      this.item = item;
      this.operation = item.isLiteral() ? null : item.operation();
      ValueKind kind = item.isLiteral() ? ValueKind.ofLiteral(item.literalOrNull()) : null;
      this.number = kind != null && kind.isNumber() ? kind : null;
    }

    boolean isItem(LineageItem other) {
      boolean alike =
          item.isLiteral()
              ? other.isLiteral()
              : !other.isLiteral() && operation.equals(other.operation());
      return alike && item.keyHigh() == other.keyHigh() && item.keyLow() == other.keyLow();
    }

    /** Null when the item is nowhere in the run. */
    LoopMatches in(Run run) {
      return isEvaluated(run.body)
          ? evaluate(run.keys.evaluatorAfter(-1, run.body.length() - 1))
          : constants(run.body);
    }

    /** True when keys have to be computed: an operation or column of numbers may be the item. */
    private boolean isEvaluated(RunBody body) {
      Boolean known = evaluated.get(body);
      if (known == null) {
        known = mayMatch(body);
        evaluated.put(body, known);
      }
      return known;
    }

    private boolean mayMatch(RunBody body) {
      for (int p = 0; p < body.patchCount(); p++) {
        Patch patch = body.patch(p);
        for (Patch.PatchValue value : patch.values) {
          if (number != null && value.kind() == number) {
            return true;
          }
        }
        for (Object node : patch.nodes) {
          if (node.equals(operation)
              || (node instanceof InnerRun inner
                  && body.bodies(p, inner).stream().anyMatch(this::isEvaluated))) {
            return true;
          }
        }
      }
      return false;
    }

    /** A source or text is met as a constant alone, the same in all iterations. */
    private LoopMatches constants(RunBody body) {
      Builder builder = new Builder(body.patchCount());
      for (int p = 0; p < body.patchCount(); p++) {
        Patch patch = body.patch(p);
        BitSet values = new BitSet();
        for (int v = 0; v < patch.values.length; v++) {
          LineageItem constant = patch.values[v].constant();
          values.set(v, constant != null && isItem(constant));
        }
        constants(body, p, values, builder);
      }
      return builder.make();
    }

    private void constants(RunBody body, int path, BitSet values, Builder builder) {
      Patch patch = body.patch(path);
      List<Long> firsts = new ArrayList<>(List.of(body.firstUse(path)));
      for (Object node : patch.nodes) {
        if (node instanceof InnerRun inner && inner.body() == null) {
          ObjectColumn bodies = body.objects(path, patch.values.length + inner.ordinal());
          for (int i = 1; i < bodies.size(); i++) {
            firsts.add(bodies.first(i));
          }
        }
      }
      firsts.sort(null);
      for (long first : firsts) {
        Map<Integer, LoopMatches> inner = new HashMap<>();
        for (int node = 0; node < patch.nodes.length; node++) {
          if (patch.nodes[node] instanceof InnerRun run) {
            LoopMatches found = constants(body.inner(path, run, first));
            if (found != null) {
              inner.put(node, found);
            }
          }
        }
        builder.add(path, first, values, new BitSet(), inner);
      }
    }

    private LoopMatches evaluate(RunEvaluator evaluator) {
      RunBody body = evaluator.body();
      Builder builder = new Builder(body.patchCount());
      Map<Integer, LoopMatches> inner = new HashMap<>();
      evaluator.walkInner((node, run) -> {
        LoopMatches found = evaluate(run);
        if (found != null) {
          inner.put(node, found);
        }
      });
      for (long iteration = 0; iteration < body.length(); iteration++) {
        RunEvaluator.Places places = evaluator.step();
        int path = body.path.at(iteration);
        Patch patch = body.patch(path);
        BitSet values = null;
        BitSet nodes = null;
        for (int place : candidates.computeIfAbsent(patch, this::candidates)) {
          if (places.high[place] == item.keyHigh() && places.low[place] == item.keyLow()) {
            values = values == null ? new BitSet() : values;
            nodes = nodes == null ? new BitSet() : nodes;
            if (place < patch.values.length) {
              values.set(place);
            } else {
              nodes.set(place - patch.firstNode());
            }
          }
        }
        if (values == null && inner.isEmpty()) {
          builder.addNone(path, iteration);
        } else {
          builder.add(
              path,
              iteration,
              values == null ? new BitSet() : values,
              nodes == null ? new BitSet() : nodes,
              Map.copyOf(inner));
          inner.clear();
        }
      }
      return builder.make();
    }

    /** Places of a patch that may be the item. */
    private int[] candidates(Patch patch) {
      List<Integer> found = new ArrayList<>();
      for (int v = 0; v < patch.values.length; v++) {
        ValueKind kind = patch.values[v].kind();
        LineageItem constant = patch.values[v].constant();
        if (constant != null ? isItem(constant) : kind == number) {
          found.add(v);
        }
      }
      for (int node = 0; node < patch.nodes.length; node++) {
        if (patch.nodes[node].equals(operation)) {
          found.add(patch.firstNode() + node);
        }
      }
      return found.stream().mapToInt(Integer::intValue).toArray();
    }

    @SuppressWarnings("unchecked")
    private <T> T shared(T matches) {
      return (T) shared.computeIfAbsent(matches, same -> same);
    }

    private final class Builder {
      private final List<List<Entry>> byPath = new ArrayList<>();
      private boolean any;

      Builder(int paths) {
        for (int p = 0; p < paths; p++) {
          byPath.add(new ArrayList<>());
        }
      }

      void addNone(int path, long iteration) {
        List<Entry> entries = byPath.get(path);
        if (!entries.isEmpty() && entries.getLast().here() != null) {
          entries.add(new Entry(iteration, null));
        }
      }

      void add(
          int path, long iteration, BitSet values, BitSet nodes, Map<Integer, LoopMatches> inner) {
        if (values.isEmpty() && nodes.isEmpty() && inner.isEmpty()) {
          addNone(path, iteration);
          return;
        }
        List<Entry> entries = byPath.get(path);
        Here here = shared(new Here(values, nodes, inner));
        if (entries.isEmpty() || entries.getLast().here() != here) {
          entries.add(new Entry(iteration, here));
        }
        any = true;
      }

      LoopMatches make() {
        return any ? shared(new LoopMatches(byPath)) : null;
      }
    }
  }
}
