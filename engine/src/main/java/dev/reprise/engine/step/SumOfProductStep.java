package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
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
final class SumOfProductStep extends PlanStep {
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

  private final boolean transposedLeft;
  private final boolean transposedRight;

  SumOfProductStep(
      Pipeline pipeline,
      Instruction.Compute plan,
      int[] inputs,
      Step[] plain,
      Function<Operation, LinkedOperation> linker) {
    super(pipeline, plan, inputs, plain);
    String name = plan.operation().name();
    this.addsRows = !name.equals("colSums");
    this.addsColumns = !name.equals("rowSums");
    Operation written = plan.plain().getFirst().operation();
    this.transposedLeft = written.attributes().isSet("ta");
    this.transposedRight = written.attributes().isSet("tb");
    this.leftSums = PlanSteps.linked(linker, transposedLeft ? "rowSums" : "colSums");
    this.rightSums = PlanSteps.linked(linker, transposedRight ? "colSums" : "rowSums");
    this.product = linker.apply(written);
    this.sum = addsRows && addsColumns ? PlanSteps.linked(linker, "sum") : null;
  }

  @Override
  boolean runPlanned(ControlContext context, Activation activation) {
    Shape left = matrixShape(context, activation, inputs[0]);
    Shape right = matrixShape(context, activation, inputs[1]);
    if (left == null || right == null) {
      return false;
    }
    Shape a = transposedLeft ? left.transposed() : left;
    Shape b = transposedRight ? right.transposed() : right;
    if (a.cols() != b.rows() || !isLarge(a.rows(), b.cols()) || a.cols() == 0) {
      return false;
    }
    Factor first = factor(context, activation, inputs[0], addsColumns ? leftSums : null);
    Factor second = null;
    try {
      second = factor(context, activation, inputs[1], addsRows ? rightSums : null);
      bindProduct(context, activation, first, second);
    } finally {
      first.value.release();
      if (second != null) {
        second.value.release();
      }
    }
    return true;
  }

  private static boolean isLarge(long rows, long cols) {
    return rows > 1 && cols > 1 && rows >= LEAST_CELLS / cols;
  }

  /** A factor as it is, or what its sums leave of it; the step owns a reference. */
  private record Factor(Value value, LineageItem item) {}

  private Factor factor(
      ControlContext context, Activation activation, int slot, LinkedOperation sums) {
    Value value = Step.value(activation, slot);
    LineageItem item = activation.item(slot);
    if (sums == null) {
      value.retain();
      return new Factor(value, item);
    }
    LineageItem summed = item == null ? null : LineageItem.of(sums.operation(), item);
    return new Factor(compute(context, activation, sums, new Value[] {value}, summed), summed);
  }

  private void bindProduct(
      ControlContext context, Activation activation, Factor first, Factor second) {
    Value[] factors = {first.value, second.value};
    LineageItem item =
        first.item == null ? null : LineageItem.of(product.operation(), first.item, second.item);
    Value cells = compute(context, activation, product, factors, item);
    if (sum == null) {
      activation.bind(output, cells, item);
      return;
    }
    try {
      LineageItem total = item == null ? null : LineageItem.of(sum.operation(), item);
      Value value = compute(context, activation, sum, new Value[] {cells}, total);
      activation.bind(output, value, total);
    } finally {
      cells.release();
    }
  }
}
