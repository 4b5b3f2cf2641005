package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of a run that some of its variables depend on after some iteration: other iterations,
 * variables and operations left out, variables and outer items numbered anew.
 *
 * <p>An inner run whose body is the same in all iterations is cut down, too; others stay whole.
 */
final class RunSlice {
  private final RunBody whole;
  private final long length;
  private final int patches;
  private final BitSet variables;
  // Nodes that are needed of each patch.
  private final BitSet[] nodes;
  private final Map<Long, RunSlice> inner = new HashMap<>();
  // Slices of inner runs, shared by all levels: the same body may be in many places.
  private final Map<Part, RunSlice> made;

  private int[] variableNumbers;
  private Map<Integer, Integer> outerNumbers;
  private RunBody body;
  private int[] inputs;
  // For each column of a patch of the slice that of the whole patch.
  private int[][] kept;

  /** What a slice of a whole inner run depends on. */
  private record Part(RunBody body, BitSet wanted) {}

  private RunSlice(RunBody whole, long length, BitSet wanted, Map<Part, RunSlice> made) {
    this.whole = whole;
    this.made = made;
    this.length = length;
    int used = 0;
    while (used < whole.patchCount() && whole.firstUse(used) < length) {
      used++;
    }
    this.patches = used;
    this.variables = (BitSet) wanted.clone();
    this.nodes = new BitSet[patches];
    findNeeded();
  }

  /**
   * @param length iterations from the first on
   * @param wanted carried variables that are asked for after these
   */
  static RunSlice of(RunBody whole, long length, BitSet wanted) {
    return of(whole, length, wanted, new HashMap<>());
  }

  private static RunSlice of(RunBody whole, long length, BitSet wanted, Map<Part, RunSlice> made) {
    RunSlice slice = new RunSlice(whole, length, wanted, made);
    slice.build();
    return slice;
  }

  /** The body of the slice. */
  RunBody body() {
    return body;
  }

  /** The number in the slice of a carried variable of the whole. */
  int variable(int carried) {
    return variableNumbers[carried];
  }

  /** The inputs of the slice's body, as items of a run of the whole body. */
  LineageItem[] inputs(Run run) {
    LineageItem[] items = new LineageItem[inputs.length];
    RunInputs taken = body.inputs();
    int at = 0;
    for (; at < taken.carried().length; at++) {
      items[at] = run.initials[inputs[at]];
    }
    for (int i = 0; i < taken.outers().length; i++, at++) {
      items[at] = run.outers[inputs[at]];
    }
    for (int i = 0; i < taken.lifted().length; i += 2, at++) {
      ValueKind kind = body.numbers(taken.lifted()[i], taken.lifted()[i + 1]).kind();
      // Where the slice's column begins is where the whole one does.
      long first = body.numbers(taken.lifted()[i], taken.lifted()[i + 1]).first(0);
      items[at] =
          LineageItem.literal(kind.scalar(run.numbers.at(inputs[at], liftedValue(i), first)));
    }
    if (taken.usesSeeds()) {
      items[at] = LineageItem.literal(dev.reprise.runtime.Scalar.of(run.seeds().base()));
    }
    return items;
  }

  // ---- what is needed

  private void findNeeded() {
    for (int p = 0; p < patches; p++) {
      nodes[p] = new BitSet();
    }
    int before = -1;
    while (before != variables.cardinality()) {
      before = variables.cardinality();
      for (int p = 0; p < patches; p++) {
        need(p);
      }
    }
  }

  private void need(int path) {
    Patch patch = whole.patch(path);
    for (int c = variables.nextSetBit(0); c >= 0; c = variables.nextSetBit(c + 1)) {
      need(patch, path, patch.outputs[c]);
    }
    for (int node = patch.nodes.length - 1; node >= 0; node--) {
      if (!nodes[path].get(node)) {
        continue;
      }
      if (patch.nodes[node] instanceof InnerRun run && run.body() != null) {
        needInner(path, patch, node, run.body());
      } else {
        for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
          need(patch, path, patch.refs[i]);
        }
      }
    }
  }

  private void needInner(int path, Patch patch, int node, RunBody run) {
    BitSet wanted = new BitSet();
    for (int i = 0; i < patch.innerOutputs.length; i += 2) {
      if (patch.innerOutputs[i] == node && usesInner(path, patch, i / 2)) {
        wanted.set(patch.innerOutputs[i + 1]);
      }
    }
    Part part = new Part(run, wanted);
    RunSlice slice = made.get(part);
    if (slice == null) {
      slice = of(run, run.length(), wanted, made);
      made.put(part, slice);
    }
    inner.put((long) path << 32 | node, slice);
    for (int operand : slice.operands(run)) {
      need(patch, path, patch.refs[patch.starts[node] + operand]);
    }
  }

  /** True when something needed refers to an entry of the table of inner outputs. */
  private boolean usesInner(int path, Patch patch, int entry) {
    int ref = Ref.of(Ref.INNER, entry);
    for (int c = variables.nextSetBit(0); c >= 0; c = variables.nextSetBit(c + 1)) {
      if (patch.outputs[c] == ref) {
        return true;
      }
    }
    for (int node = patch.innerOutputs[2 * entry] + 1; node < patch.nodes.length; node++) {
      if (nodes[path].get(node) && takes(path, patch, node, ref)) {
        return true;
      }
    }
    return false;
  }

  private boolean takes(int path, Patch patch, int node, int ref) {
    int first = patch.starts[node];
    RunSlice slice = inner.get((long) path << 32 | node);
    if (slice != null) {
      for (int operand : slice.operands(((InnerRun) patch.nodes[node]).body())) {
        if (patch.refs[first + operand] == ref) {
          return true;
        }
      }
      return false;
    }
    for (int i = first; i < patch.starts[node + 1]; i++) {
      if (patch.refs[i] == ref) {
        return true;
      }
    }
    return false;
  }

  private void need(Patch patch, int path, int ref) {
    int index = Ref.index(ref);
    switch (Ref.kind(ref)) {
      case Ref.NODE -> nodes[path].set(index);
      case Ref.INNER -> nodes[path].set(patch.innerOutputs[2 * index]);
      case Ref.CARRIED -> variables.set(index);
      default -> {}
    }
  }

  // ---- the body

  private void build() {
    variableNumbers = new int[whole.patch(0).outputs.length];
    Arrays.fill(variableNumbers, -1);
    int number = 0;
    for (int c = variables.nextSetBit(0); c >= 0; c = variables.nextSetBit(c + 1)) {
      variableNumbers[c] = number++;
    }
    outerNumbers = new HashMap<>();
    body = new RunBody(whole.firstIteration);
    kept = new int[patches][];
    Patch[] cuts = new Patch[patches];
    for (int p = 0; p < patches; p++) {
      PatchCut cut = new PatchCut(p);
      cuts[p] = cut.patch();
      kept[p] = cut.keptColumns();
    }
    // Patches join the body as the path meets them, as they did when it was built.
    int[] added = {0};
    whole.path.visit((path, from, to) -> {
      if (from < length) {
        if (path == added[0]) {
          body.add(cuts[path]);
          added[0]++;
        }
        body.path.append(path, Math.min(to, length) - from);
      }
    });
    for (int p = 0; p < patches; p++) {
      for (int column = 0; column < kept[p].length; column++) {
        if (kept[p][column] >= 0) {
          body.copyColumn(p, column, whole, p, kept[p][column], length);
        }
      }
    }
    inputs = originalInputs();
  }

  private int liftedValue(int lifted) {
    RunInputs taken = body.inputs();
    return kept[taken.lifted()[lifted]][taken.lifted()[lifted + 1]];
  }

  /** For each input of the slice: the variable, outer item or patch of the whole it comes from. */
  private int[] originalInputs() {
    RunInputs taken = body.inputs();
    int[] originals = new int[taken.size()];
    int at = 0;
    for (int c : taken.carried()) {
      originals[at++] = indexOf(variableNumbers, c);
    }
    for (int o : taken.outers()) {
      for (Map.Entry<Integer, Integer> entry : outerNumbers.entrySet()) {
        if (entry.getValue() == o) {
          originals[at] = entry.getKey();
        }
      }
      at++;
    }
    for (int i = 0; i < taken.lifted().length; i += 2) {
      originals[at++] = taken.lifted()[i];
    }
    return originals;
  }

  private static int indexOf(int[] numbers, int number) {
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == number) {
        return i;
      }
    }
    throw new IllegalStateException("no variable has number " + number);
  }

  /** Positions of the slice's inputs among those of the whole, complete body. */
  private int[] operands(RunBody complete) {
    RunInputs all = complete.inputs();
    RunInputs taken = body.inputs();
    int[] operands = new int[taken.size()];
    int at = 0;
    for (; at < taken.carried().length; at++) {
      operands[at] = Arrays.binarySearch(all.carried(), inputs[at]);
    }
    for (int i = 0; i < taken.outers().length; i++, at++) {
      operands[at] = all.carried().length + Arrays.binarySearch(all.outers(), inputs[at]);
    }
    int lifts = all.carried().length + all.outers().length;
    for (int i = 0; i < taken.lifted().length; i += 2, at++) {
      operands[at] = lifts + all.liftIndex(taken.lifted()[i], liftedValue(i));
    }
    if (taken.usesSeeds()) {
      operands[at] = all.size() - 1;
    }
    return operands;
  }

  private int outerNumber(int outer) {
    Integer known = outerNumbers.get(outer);
    if (known == null) {
      known = outerNumbers.size();
      outerNumbers.put(outer, known);
    }
    return known;
  }

  /** Cuts one patch down to its needed nodes. */
  private final class PatchCut {
    private final int path;
    private final Patch patch;
    private final int[] nodeNumbers;
    private final Map<Integer, Integer> valueNumbers = new HashMap<>();
    private final List<PatchValue> values = new ArrayList<>();
    private final List<Integer> oldValues = new ArrayList<>();
    private final Map<Integer, Integer> entryNumbers = new HashMap<>();
    private final List<Integer> entries = new ArrayList<>();
    private final List<Integer> oldInner = new ArrayList<>();

    PatchCut(int path) {
      this.path = path;
      this.patch = whole.patch(path);
      this.nodeNumbers = new int[patch.nodes.length];
    }

    Patch patch() {
      List<Object> made = new ArrayList<>();
      int[] starts = new int[nodes[path].cardinality() + 1];
      int[] refs = new int[patch.refs.length];
      int count = 0;
      for (int n = nodes[path].nextSetBit(0); n >= 0; n = nodes[path].nextSetBit(n + 1)) {
        nodeNumbers[n] = made.size();
        starts[made.size()] = count;
        int first = patch.starts[n];
        if (patch.nodes[n] instanceof Operation) {
          made.add(patch.nodes[n]);
          for (int i = first; i < patch.starts[n + 1]; i++) {
            refs[count++] = renumber(patch.refs[i]);
          }
        } else {
          InnerRun run = (InnerRun) patch.nodes[n];
          RunSlice slice = inner.get((long) path << 32 | n);
          made.add(new InnerRun(slice == null ? null : slice.body(), oldInner.size()));
          oldInner.add(run.ordinal());
          int[] operands =
              slice == null ? all(patch.starts[n + 1] - first) : slice.operands(run.body());
          for (int operand : operands) {
            refs[count++] = renumber(patch.refs[first + operand]);
          }
        }
      }
      starts[made.size()] = count;
      int[] outputs = new int[variables.cardinality()];
      for (int c = variables.nextSetBit(0); c >= 0; c = variables.nextSetBit(c + 1)) {
        outputs[variableNumbers[c]] = renumber(patch.outputs[c]);
      }
      return new Patch(
          made.toArray(),
          starts,
          Arrays.copyOf(refs, count),
          values.toArray(PatchValue[]::new),
          entries.stream().mapToInt(Integer::intValue).toArray(),
          outputs);
    }

    private static int[] all(int count) {
      int[] operands = new int[count];
      Arrays.setAll(operands, i -> i);
      return operands;
    }

    private int renumber(int ref) {
      int index = Ref.index(ref);
      return switch (Ref.kind(ref)) {
        case Ref.NODE -> Ref.of(Ref.NODE, nodeNumbers[index]);
        case Ref.CARRIED -> Ref.of(Ref.CARRIED, variableNumbers[index]);
        case Ref.OUTER -> Ref.of(Ref.OUTER, outerNumber(index));
        case Ref.VALUE -> Ref.of(Ref.VALUE, value(index));
        case Ref.INNER -> Ref.of(Ref.INNER, entry(index));
        default -> ref;
      };
    }

    private int value(int index) {
      Integer known = valueNumbers.get(index);
      if (known == null) {
        known = values.size();
        valueNumbers.put(index, known);
        values.add(patch.values[index]);
        oldValues.add(index);
      }
      return known;
    }

    private int entry(int index) {
      Integer known = entryNumbers.get(index);
      if (known != null) {
        return known;
      }
      entryNumbers.put(index, entries.size() / 2);
      int node = patch.innerOutputs[2 * index];
      int variable = patch.innerOutputs[2 * index + 1];
      RunSlice slice = inner.get((long) path << 32 | node);
      entries.add(nodeNumbers[node]);
      entries.add(slice == null ? variable : slice.variable(variable));
      return entries.size() / 2 - 1;
    }

    /** For each column of the cut patch the one of the whole patch, or -1 for none. */
    int[] keptColumns() {
      int[] columns = new int[values.size() + oldInner.size()];
      for (int v = 0; v < values.size(); v++) {
        columns[v] = values.get(v).kind() == ValueKind.CONSTANT ? -1 : oldValues.get(v);
      }
      for (int i = 0; i < oldInner.size(); i++) {
        columns[values.size() + i] = patch.values.length + oldInner.get(i);
      }
      return columns;
    }
  }
}
