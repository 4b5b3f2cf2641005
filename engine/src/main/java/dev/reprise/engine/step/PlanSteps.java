package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Shape;
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

  /** The product that a plan with one begins with. */
  static Operation product(Instruction.Compute plan) {
    return plan.plain().getFirst().operation();
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
      bindMade(context, activation, operation);
      return true;
    }

    private static boolean isColumn(Shape shape, long rows) {
      return shape != null && shape.rows() == rows && shape.cols() == 1;
    }
  }

  /** {@code t(A %*% B)} as a product of the operands the other way round. */
  private static final class TransposedProduct extends FactorsStep {
    private final LinkedOperation product;

    TransposedProduct(
        Pipeline pipeline,
        Instruction.Compute plan,
        int[] inputs,
        Step[] plain,
        LinkedOperation product) {
      super(pipeline, plan, inputs, plain, product.operation().attributes());
      this.product = product;
    }

    @Override
    void runBetter(ControlContext context, Activation activation) {
      bindMade(context, activation, product);
    }
  }

  /** {@code trace(A %*% B)} as {@code sum(A * t(B))}, without the product. */
  private static final class TraceOfProduct extends FactorsStep {
    private final LinkedOperation transpose;
    private final LinkedOperation times;
    private final LinkedOperation sum;

    TraceOfProduct(
        Pipeline pipeline,
        Instruction.Compute plan,
        int[] inputs,
        Step[] plain,
        Function<Operation, LinkedOperation> linker) {
      super(pipeline, plan, inputs, plain, product(plan).attributes());
      this.transpose = linked(linker, "t");
      this.times = linked(linker, "*");
      this.sum = linked(linker, "sum");
    }

    @Override
    boolean isBetter(Shape left, Shape right) {
      return left.rows() == right.cols() && left.rows() > 1;
    }

    @Override
    void runBetter(ControlContext context, Activation activation) {
      try (Traced left = operand(activation, 0);
          Traced right = meeting(context, activation);
          Traced cells = made(context, activation, times, left, right)) {
        bind(activation, made(context, activation, sum, cells));
      }
    }

    /** The right factor, with each cell where the one of the left factor is that it meets. */
    private Traced meeting(ControlContext context, Activation activation) {
      Traced right = operand(activation, 1);
      // With t(A) %*% B the cells of A and B themselves meet.
      if (transposedLeft != transposedRight) {
        return right;
      }
      try (right) {
        return made(context, activation, transpose, right);
      }
    }
  }
}
