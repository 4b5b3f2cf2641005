package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * One path through the body of a loop: its operations with placeholders for what an iteration finds
 * ({@link Ref}). Immutable; shared by all runs of the loop.
 *
 * <p>Node i is an {@link Operation} or an {@link InnerRun}; operands refer to nodes with smaller
 * numbers only, and every node is reached from an output.
 */
final class Patch {
  static final int LEFT_ALONE = -2;

  /**
   * A nested loop's run as one node. Its operands are the run's inputs, in the order of {@link
   * Run#inputs}.
   *
   * @param body what the run did; null when it differs from iteration to iteration
   * @param ordinal number among the inner runs of the patch
   */
  record InnerRun(RunBody body, int ordinal) {}

  /**
   * A value that is no result of a node.
   *
   * @param constant the item, for a constant; else null
   */
  record PatchValue(ValueKind kind, LineageItem constant) {}

  final Object[] nodes;
  // Operands of node i: refs[starts[i]] up to, not including, refs[starts[i + 1]].
  final int[] starts;
  final int[] refs;
  final PatchValue[] values;
  // Pairs (inner node, carried variable of its loop), for refs of kind INNER.
  final int[] innerOutputs;
  // A ref per carried variable: what it refers to after the iteration.
  final int[] outputs;
  final int innerRuns;
  // Whether a run keeps items or bodies for the patch, not only numbers.
  final boolean hasObjects;
  // Structure without values: patches that differ in these alone have it in common.
  final long skeleton;

  // The same operands and outputs as places in one array per iteration: values, carried variables
  // read, outers read, nodes, inner outputs. An output that is absent is -1, one that the iteration
  // leaves alone -2.
  final int[] flatRefs;
  final int[] flatOutputs;

  // The lowest carried variable with the same ref as this one: they share an item.
  final int[] sharedWith;
  // Carried variables that refer to a node's result after the iteration.
  final int[] made;
  // Carried variables and outer items that the patch reads, ascending.
  final int[] carriedRead;
  final int[] outersRead;

  Patch(
      Object[] nodes,
      int[] starts,
      int[] refs,
      PatchValue[] values,
      int[] innerOutputs,
      int[] outputs) {
    this.nodes = nodes;
    this.starts = starts;
    this.refs = refs;
    this.values = values;
    this.innerOutputs = innerOutputs;
    this.outputs = outputs;
    this.innerRuns = (int) Arrays.stream(nodes).filter(n -> n instanceof InnerRun).count();
    this.hasObjects = innerRuns > 0 || takesItems();
    this.skeleton = skeletonHash();
    this.sharedWith = new int[outputs.length];
    this.made =
        IntStream.range(0, outputs.length)
            .filter(c -> Ref.kind(outputs[c]) == Ref.NODE || Ref.kind(outputs[c]) == Ref.INNER)
            .toArray();
    TreeSet<Integer> carried = new TreeSet<>();
    TreeSet<Integer> outers = new TreeSet<>();
    for (int ref : refs) {
      note(ref, carried, outers);
    }
    for (int c = 0; c < outputs.length; c++) {
      // A variable that an iteration leaves alone is not read by it.
      if (outputs[c] != Ref.of(Ref.CARRIED, c)) {
        note(outputs[c], carried, outers);
      }
      sharedWith[c] = indexOf(outputs, outputs[c]);
    }
    this.carriedRead = carried.stream().mapToInt(Integer::intValue).toArray();
    this.outersRead = outers.stream().mapToInt(Integer::intValue).toArray();
    this.flatRefs = Arrays.stream(refs).map(this::flat).toArray();
    this.flatOutputs = new int[outputs.length];
    for (int c = 0; c < outputs.length; c++) {
      flatOutputs[c] = outputs[c] == Ref.of(Ref.CARRIED, c) ? LEFT_ALONE : flat(outputs[c]);
    }
  }

  private int flat(int ref) {
    int index = Ref.index(ref);
    return switch (Ref.kind(ref)) {
      case Ref.VALUE -> index;
      case Ref.CARRIED -> firstCarried() + Arrays.binarySearch(carriedRead, index);
      case Ref.OUTER -> firstOuter() + Arrays.binarySearch(outersRead, index);
      case Ref.NODE -> firstNode() + index;
      case Ref.INNER -> firstInner() + index;
      default -> -1;
    };
  }

  /** True when iterations take items from elsewhere, such as elements of lists. */
  boolean takesItems() {
    return Arrays.stream(values).anyMatch(v -> v.kind() == ValueKind.ITEM);
  }

  int firstCarried() {
    return values.length;
  }

  int firstOuter() {
    return firstCarried() + carriedRead.length;
  }

  int firstNode() {
    return firstOuter() + outersRead.length;
  }

  int firstInner() {
    return firstNode() + nodes.length;
  }

  int places() {
    return firstInner() + innerOutputs.length / 2;
  }

  private static void note(int ref, TreeSet<Integer> carried, TreeSet<Integer> outers) {
    if (Ref.kind(ref) == Ref.CARRIED) {
      carried.add(Ref.index(ref));
    } else if (Ref.kind(ref) == Ref.OUTER) {
      outers.add(Ref.index(ref));
    }
  }

  private static int indexOf(int[] refs, int ref) {
    for (int i = 0; i < refs.length; i++) {
      if (refs[i] == ref) {
        return i;
      }
    }
    return -1;
  }

  private long skeletonHash() {
    long hash = nodes.length;
    for (int i = 0; i < nodes.length; i++) {
      hash = 31 * hash + (nodes[i] instanceof Operation operation ? operation.fingerprintLow() : 7);
      hash = 31 * hash + starts[i];
    }
    for (int[] part : new int[][] {refs, innerOutputs, outputs}) {
      hash = 31 * hash + Arrays.hashCode(part);
    }
    return hash;
  }

  /** The same structure with other values or inner bodies. */
  Patch with(PatchValue[] otherValues, Object[] otherNodes) {
    return new Patch(otherNodes, starts, refs, otherValues, innerOutputs, outputs);
  }

  boolean isSameSkeleton(Patch other) {
    if (skeleton != other.skeleton
        || nodes.length != other.nodes.length
        || values.length != other.values.length
        || !Arrays.equals(starts, other.starts)
        || !Arrays.equals(refs, other.refs)
        || !Arrays.equals(innerOutputs, other.innerOutputs)
        || !Arrays.equals(outputs, other.outputs)) {
      return false;
    }
    for (int i = 0; i < nodes.length; i++) {
      boolean operation = nodes[i] instanceof Operation;
      if (operation ? !nodes[i].equals(other.nodes[i]) : other.nodes[i] instanceof Operation) {
        return false;
      }
    }
    return true;
  }

  int size() {
    return nodes.length;
  }

  /** Columns that a run keeps for the patch: one per value, then one per inner run. */
  int columns() {
    return values.length + innerRuns;
  }

  /** Operations that one iteration stands for, inner runs counted as one. */
  int operandCount(int node) {
    return starts[node + 1] - starts[node];
  }
}
