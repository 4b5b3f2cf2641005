package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.operation.Operation;

/**
 * An expression whose last operation multiplies a compressed matrix, the mask, with what is made of
 * dense ones, or divides it by that. Where the mask is zero the result is, so cells may be needed
 * at its non-zeros alone, those of a product of two dense matrices, too. Immutable.
 *
 * <pre>
 *   X / (W %*% H + 1e-8)      expression $1 / ($2 + $3:scalar), mask 0, product 1
 * </pre>
 */
public final class SampledExpression {
  private static final int NONE = -1;

  private final FusedExpression expression;
  private final FusedExpression ofCells;
  private final int mask;
  private final int product;
  private final Operation multiplication;
  private final boolean anyOrder;

  private SampledExpression(
      FusedExpression expression,
      int mask,
      int product,
      Operation multiplication,
      boolean anyOrder) {
    this.expression = expression;
    this.ofCells = expression.ofCells();
    this.mask = mask;
    this.product = product;
    this.multiplication = multiplication;
    this.anyOrder = anyOrder;
  }

  /**
   * One without a product.
   *
   * @param expression of fp64, without an aggregate, whose last operation is {@code *} or {@code /}
   * @param mask which leaf is the mask, an operand of the last operation, of {@code /} the first
   */
  public static SampledExpression of(FusedExpression expression, int mask) {
    return new SampledExpression(expression, mask, NONE, null, false);
  }

  /**
   * As the other, of a product.
   *
   * @param product which leaf it is
   * @param multiplication the {@code matmul} that makes it
   * @param anyOrder whether terms may be added in another order than in the whole product
   */
  public static SampledExpression ofProduct(
      FusedExpression expression,
      int mask,
      int product,
      Operation multiplication,
      boolean anyOrder) {
    return new SampledExpression(expression, mask, product, multiplication, anyOrder);
  }

  boolean hasProduct() {
    return product != NONE;
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

  /** Negative for none. */
  int product() {
    return product;
  }

  /** Null without a product. */
  Operation multiplication() {
    return multiplication;
  }

  boolean inAnyOrder() {
    return anyOrder;
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
