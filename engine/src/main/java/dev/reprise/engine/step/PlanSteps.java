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
import dev.reprise.runtime.operation.OperationTable;
import java.util.function.Function;

/** The plans that the compiler makes, by what ends them. */
public final class PlanSteps {
  private PlanSteps() {}

  public static PlanStep of(
      Pipeline pipeline,
      Instruction.Compute plan,
      int[] inputs,
      Step[] plain,
      Function<Operation, LinkedOperation> linker) {
    Operation operation = plan.operation();
    if (operation.name().equals("mmchain")) {
      return new Chain(pipeline, plan, inputs, plain, linker.apply(operation));
    }
    if (operation.name().equals("trace")) {
      return new TraceOfProduct(pipeline, plan, inputs, plain, linker);
    }
    if (!operation.name().equals("matmul")) {
      return new SumOfProductStep(pipeline, plan, inputs, plain, linker);
    }
    return plan.plain().getLast().operation().name().equals("t")
        ? new TransposedProduct(pipeline, plan, inputs, plain, linker.apply(operation))
        : new ProductOrderStep(pipeline, plan, inputs, plain, linker);
  }

  static LinkedOperation linked(Function<Operation, LinkedOperation> linker, String name) {
    return linker.apply(new Operation(OperationTable.standard().get(name)));
  }

  /** {@code t(X) %*% (X %*% v)} and its kin, over columns. */
  private static final class Chain extends PlanStep {
    /** Below, both products are cheap, and the smallest need no BLAS. */
    private static final long LEAST_CELLS = 256;

    /** Beyond, a block of rows does not fit the second-level cache, and nothing is won. */
    private static final long MOST_COLUMNS = 4096;

    private final LinkedOperation operation;
    private final boolean hasWeights;

    Chain(
        Pipeline pipeline,
        Instruction.Compute plan,
        int[] inputs,
        Step[] plain,
        LinkedOperation operation) {
      super(pipeline, plan, inputs, plain);
      this.operation = operation;
      this.hasWeights = operation.operation().attributes().get("with") != null;
    }

    @Override
    boolean runPlanned(ControlContext context, Activation activation) {
      Shape matrix = matrixShape(context, activation, inputs[0]);
      Shape vector = matrixShape(context, activation, inputs[1]);
      if (matrix == null
          || vector == null
          || matrix.cells() < LEAST_CELLS
          || matrix.cols() > MOST_COLUMNS
          || vector.rows() != matrix.cols()
          || vector.cols() != 1
          || hasWeights && !isColumn(matrixShape(context, activation, inputs[2]), matrix.rows())) {
        return false;
      }
      LineageItem item = item(activation, operation.operation(), inputs);
      Value value = compute(context, activation, operation, gather(activation, inputs), item);
      activation.bind(output, value, item);
      return true;
    }

    private static boolean isColumn(Shape shape, long rows) {
      return shape != null && shape.rows() == rows && shape.cols() == 1;
    }
  }

  /** {@code t(A %*% B)} as a product of the operands the other way round. */
  private static final class TransposedProduct extends PlanStep {
    private final LinkedOperation operation;

    TransposedProduct(
        Pipeline pipeline,
        Instruction.Compute plan,
        int[] inputs,
        Step[] plain,
        LinkedOperation operation) {
      super(pipeline, plan, inputs, plain);
      this.operation = operation;
    }

    @Override
    boolean runPlanned(ControlContext context, Activation activation) {
      Shape left = matrixShape(context, activation, inputs[0]);
      Shape right = matrixShape(context, activation, inputs[1]);
      if (left == null || right == null) {
        return false;
      }
      boolean ta = operation.operation().attributes().isSet("ta");
      boolean tb = operation.operation().attributes().isSet("tb");
      if ((ta ? left.rows() : left.cols()) != (tb ? right.cols() : right.rows())) {
        return false;
      }
      LineageItem item = item(activation, operation.operation(), inputs);
      Value value = compute(context, activation, operation, gather(activation, inputs), item);
      activation.bind(output, value, item);
      return true;
    }
  }

  /** {@code trace(A %*% B)} as {@code sum(A * t(B))}, without the product. */
  private static final class TraceOfProduct extends PlanStep {
    private final LinkedOperation transpose;
    private final LinkedOperation times;
    private final LinkedOperation sum;
    private final boolean transposedLeft;
    private final boolean transposedRight;

    TraceOfProduct(
        Pipeline pipeline,
        Instruction.Compute plan,
        int[] inputs,
        Step[] plain,
        Function<Operation, LinkedOperation> linker) {
      super(pipeline, plan, inputs, plain);
      this.transpose = linked(linker, "t");
      this.times = linked(linker, "*");
      this.sum = linked(linker, "sum");
      Operation product = plan.plain().getFirst().operation();
      this.transposedLeft = product.attributes().isSet("ta");
      this.transposedRight = product.attributes().isSet("tb");
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
      if (a.cols() != b.rows() || a.rows() != b.cols() || a.rows() < 2) {
        return false;
      }
      // A * t(B) cell by cell; with t(A) %*% B the cells of A and B themselves meet.
      boolean same = transposedLeft != transposedRight;
      LineageItem first = activation.item(inputs[0]);
      LineageItem second = activation.item(inputs[1]);
      Value other = Step.value(activation, inputs[1]);
      if (same) {
        other.retain();
      } else {
        second = second == null ? null : LineageItem.of(transpose.operation(), second);
        other = compute(context, activation, transpose, new Value[] {other}, second);
      }
      LineageItem cells = first == null ? null : LineageItem.of(times.operation(), first, second);
      Value products;
      try {
        Value[] values = {Step.value(activation, inputs[0]), other};
        products = compute(context, activation, times, values, cells);
      } finally {
        other.release();
      }
      LineageItem item = cells == null ? null : LineageItem.of(sum.operation(), cells);
      try {
        activation.bind(
            output, compute(context, activation, sum, new Value[] {products}, item), item);
      } finally {
        products.release();
      }
      return true;
    }
  }
}
