package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.operation.Operation;

/**
 * An expression whose last operation multiplies a compressed matrix, the mask, with what is made of
 * a product of two dense ones, or divides it by that. Where the mask is zero the result is, so the
 * cells of the product may be needed at its non-zeros alone. Immutable.
 *
 * <pre>
 *   X / (W %*% H + 1e-8)      expression $1 / ($2 + $3:scalar), mask 0, product 1
 * </pre>
 */
public final class SampledExpression {
  private final FusedExpression expression;
  private final FusedExpression ofCells;
  private final int mask;
  private final int product;
  private final Operation multiplication;

  /**
   * Makes it.
   *
   * @param expression of fp64, without an aggregate, whose last operation is {@code *} or {@code /}
   * @param mask which leaf is the mask, an operand of the last operation, of {@code /} the first
   * @param product which leaf is the product
   * @param multiplication the {@code matmul} that makes it
   */
  public SampledExpression(
      FusedExpression expression, int mask, int product, Operation multiplication) {
    this.expression = expression;
    this.ofCells = expression.ofCells();
    this.mask = mask;
    this.product = product;
    this.multiplication = multiplication;
  }

  FusedExpression expression() {
    return expression;
  }

  /** The same of rows of cells that lie together. */
  FusedExpression ofCells() {
    return ofCells;
  }

  int mask() {
    return mask;
  }

  int product() {
    return product;
  }

  Operation multiplication() {
    return multiplication;
  }

  /** Whether the mask is divided by the other operand, else multiplied. */
  boolean divides() {
    return expression.operation(last()).opcode().equals("/");
  }

  /** The operand of the last operation that is not the mask. */
  int masked() {
    int left = expression.operand(last(), 0);
    return left == mask ? expression.operand(last(), 1) : left;
  }

  private int last() {
    return expression.nodes() - 1;
  }

  @Override
  public String toString() {
    return expression.toString();
  }
}
