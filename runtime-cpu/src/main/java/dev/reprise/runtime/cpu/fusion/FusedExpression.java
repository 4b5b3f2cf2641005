package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.Precision;
import java.util.Arrays;

/**
 * What a fused loop computes, without the values: their precision, kinds of leaves, operations in
 * the order in which they are computed, and the aggregate on top, if any. Immutable; the key under
 * which loops are kept.
 *
 * <p>Operands are written as numbers: leaf i is i, node j is {@code ~j}. Each node but the last is
 * an operand of exactly one later node.
 */
public final class FusedExpression {
  private static final int NO_AGGREGATE = -1;

  private final Precision precision;
  private final int leaves;
  private final int nodes;

  /** Kinds of the leaves, then four numbers per node, then the aggregate. */
  private final int[] code;

  private final int hash;

  private FusedExpression(Precision precision, int leaves, int nodes, int[] code) {
    this.precision = precision;
    this.leaves = leaves;
    this.nodes = nodes;
    this.code = code;
    this.hash = 31 * (31 * Arrays.hashCode(code) + leaves) + precision.bytesPerCell();
  }

  /** Width of all leaves that are no scalars, and of the values of all nodes. */
  Precision precision() {
    return precision;
  }

  int leaves() {
    return leaves;
  }

  int nodes() {
    return nodes;
  }

  /** The same of leaves that have all cells each, but for scalars: of cells that lie together. */
  FusedExpression ofCells() {
    int[] same = code.clone();
    for (int leaf = 0; leaf < leaves; leaf++) {
      same[leaf] = (isScalar(leaf) ? LeafKind.SCALAR : LeafKind.FULL).ordinal();
    }
    return new FusedExpression(precision, leaves, nodes, same);
  }

  LeafKind kind(int leaf) {
    return LeafKind.values()[code[leaf]];
  }

  FusableOperation operation(int node) {
    return FusableOperation.of(code[leaves + 4 * node]);
  }

  int operand(int node, int position) {
    return code[leaves + 4 * node + 1 + position];
  }

  boolean isScalar(int operand) {
    return operand >= 0 && kind(operand) == LeafKind.SCALAR;
  }

  /** The aggregate over the last node, or null. */
  FusableOperation aggregateOrNull() {
    int index = code[code.length - 1];
    return index == NO_AGGREGATE ? null : FusableOperation.of(index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FusedExpression that
        && hash == that.hash
        && precision == that.precision
        && leaves == that.leaves
        && Arrays.equals(code, that.code);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** As scripts write it, with {@code $1} for the first leaf. */
  @Override
  public String toString() {
    String text = text(~(nodes - 1));
    FusableOperation aggregate = aggregateOrNull();
    return aggregate == null ? text : aggregate.opcode() + "(" + text + ")";
  }

  private String text(int operand) {
    if (operand >= 0) {
      return "$"
          + (operand + 1)
          + switch (kind(operand)) {
            case FULL -> "";
            case ROW -> ":row";
            case COLUMN -> ":column";
            case SCALAR -> ":scalar";
          };
    }
    int node = ~operand;
    FusableOperation operation = operation(node);
    StringBuilder text = new StringBuilder(operation.opcode()).append('(');
    for (int i = 0; i < operation.arity(); i++) {
      text.append(i == 0 ? "" : ", ").append(text(operand(node, i)));
    }
    return text.append(')').toString();
  }

  /** Builds an expression, operands before the nodes that use them. For one thread. */
  public static final class Builder {
    private final Precision precision;
    private final int[] kinds;
    private final int[] operations;
    private int leaves;
    private int nodes;

    /** A builder with room for so many leaves and nodes. */
    public Builder(Precision precision, int leaves, int nodes) {
      this.precision = precision;
      kinds = new int[leaves];
      operations = new int[4 * nodes];
    }

    /** Adds a leaf and returns its number as an operand. */
    public int leaf(LeafKind kind) {
      kinds[leaves] = kind.ordinal();
      return leaves++;
    }

    /** Adds a node and returns its number as an operand; unused operands are 0. */
    public int node(FusableOperation operation, int x, int y, int z) {
      int at = 4 * nodes;
      operations[at] = operation.index();
      operations[at + 1] = x;
      operations[at + 2] = y;
      operations[at + 3] = z;
      return ~nodes++;
    }

    public FusedExpression build(FusableOperation aggregateOrNull) {
      int[] code = new int[leaves + 4 * nodes + 1];
      System.arraycopy(kinds, 0, code, 0, leaves);
      System.arraycopy(operations, 0, code, leaves, 4 * nodes);
      code[code.length - 1] = aggregateOrNull == null ? NO_AGGREGATE : aggregateOrNull.index();
      return new FusedExpression(precision, leaves, nodes, code);
    }
  }
}
