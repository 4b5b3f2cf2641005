package dev.reprise.runtime.accelerator;

import java.util.List;

/**
 * A tree of element-wise operations that an accelerator may compute in one kernel, with an
 * aggregate on top if there is one. Immutable; the key under which kernels are kept.
 *
 * <p>Operands are written as numbers: leaf i is i, node j is {@code ~j}.
 *
 * @param leaves how each leaf spreads over the cells
 * @param nodes operands before the nodes that use them; the last is the root
 * @param aggregateOrNull opcode of the aggregate over the root
 */
public record CellExpression(List<Spread> leaves, List<Node> nodes, String aggregateOrNull) {

  public CellExpression {
    leaves = List.copyOf(leaves);
    nodes = List.copyOf(nodes);
  }

  /** How a leaf spreads over the cells of the root. */
  public enum Spread {
    /** A matrix of the root's shape. */
    FULL,
    /** A row vector, repeated in every row. */
    ROW,
    /** A column vector, repeated in every column. */
    COLUMN,
    /** A number, or a matrix of one cell. */
    SCALAR
  }

  /** One operation. */
  public record Node(String opcode, List<Integer> operands) {

    public Node {
      operands = List.copyOf(operands);
    }
  }
}
