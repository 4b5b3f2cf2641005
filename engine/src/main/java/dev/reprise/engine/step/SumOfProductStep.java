package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Function;

/**
 * What is added up of a product, without the product:
 *
 * <pre>
 *   sum(A %*% B)      colSums(A) %*% rowSums(B)
 *   rowSums(A %*% B)          A  %*% rowSums(B)
 *   colSums(A %*% B)  colSums(A) %*%         B
 * </pre>
 *
 * <p>Of A as of B, each may be transposed, and stays as it is: {@code rowSums(A)} is a column that
 * the product reads as the row {@code colSums(t(A))}. What is traced is what is executed.
 */
final class SumOfProductStep extends FactorsStep {
  /**
   * Cells from which on a product is not made to be added up. Smaller ones take less than some
   * milliseconds, and are more likely to be needed, or found, elsewhere in the program.
   */
  static final long LEAST_CELLS = 1L << 22;

  /** Sums over rows of the product, or all of it: of the right factor a column is enough. */
  private final boolean addsRows;

  /** Likewise of the left factor a row. */
  private final boolean addsColumns;

  private final LinkedOperation leftSums;
  private final LinkedOperation rightSums;
  private final LinkedOperation product;

  /** Of a single cell; null when the result is a vector. */
  private final LinkedOperation sum;

  SumOfProductStep(
      Pipeline pipeline,
      Instruction.Compute plan,
      int[] inputs,
      Step[] plain,
      Function<Operation, LinkedOperation> linker) {
    super(pipeline, plan, inputs, plain, PlanSteps.product(plan).attributes());
    String name = plan.operation().name();
    this.addsRows = !name.equals("colSums");
    this.addsColumns = !name.equals("rowSums");
    this.leftSums = PlanSteps.linked(linker, transposedLeft ? "rowSums" : "colSums");
    this.rightSums = PlanSteps.linked(linker, transposedRight ? "colSums" : "rowSums");
    this.product = linker.apply(PlanSteps.product(plan));
    this.sum = addsRows && addsColumns ? PlanSteps.linked(linker, "sum") : null;
  }

  @Override
  boolean isBetter(Shape left, Shape right) {
    return isLarge(left.rows(), right.cols()) && left.cols() > 0;
  }

  private static boolean isLarge(long rows, long cols) {
    return rows > 1 && cols > 1 && rows >= LEAST_CELLS / cols;
  }

  @Override
  void runBetter(ControlContext context, Activation activation) {
    try (Traced left = factor(context, activation, 0, addsColumns ? leftSums : null);
        Traced right = factor(context, activation, 1, addsRows ? rightSums : null)) {
      if (sum == null) {
        bind(activation, made(context, activation, product, left, right));
        return;
      }
      try (Traced cell = made(context, activation, product, left, right)) {
        bind(activation, made(context, activation, sum, cell));
      }
    }
  }

  /** A factor as it is, or what its sums leave of it. */
  private Traced factor(
      ControlContext context, Activation activation, int number, LinkedOperation sums) {
    Traced factor = operand(activation, number);
    if (sums == null) {
      return factor;
    }
    try (factor) {
      return made(context, activation, sums, factor);
    }
  }
}
