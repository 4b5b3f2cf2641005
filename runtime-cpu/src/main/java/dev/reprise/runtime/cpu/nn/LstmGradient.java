package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.linalg.DenseProducts;
import dev.reprise.runtime.cpu.linalg.RepeatedFactor;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code lstm_backward}: [dX, dW, db, dout0, dc0] from the gradients of {@code out} and of the last
 * {@code c}, and from the caches that {@code lstm} returned. Each task goes back through all steps
 * of some examples; the gradients of weights and inputs are products over all steps and examples
 * then.
 */
final class LstmGradient extends ProductKernel {
  private final DenseProducts whole;

  LstmGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
    this.whole = new DenseProducts(parallel, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    return new Pass(operation, inputs, products, context).run();
  }

  /** One call of the kernel. */
  private final class Pass {
    private final Operation operation;
    private final Operand[] inputs;
    private final CellProducts products;
    private final ExecutionContext context;
    private final LstmShape shape;

    Pass(Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
      this.operation = operation;
      this.inputs = inputs;
      this.products = products;
      this.context = context;
      this.shape = LstmShape.of(operation, inputs, precision);
    }

    private DenseMatrix operand(int at) {
      return Arguments.matrix(operation, inputs, at, precision);
    }

    private DenseMatrix operand(int at, long rows, long cols) {
      return shape.matrix(operation, inputs, at, rows, cols);
    }

    Operand[] run() {
      long n = shape.examples();
      int units = shape.units();
      int steps = shape.steps();
      DenseMatrix dc = operand(7, n, units);
      DenseMatrix cacheOut = operand(8, steps, n * units);
      DenseMatrix weights = operand(1);
      long rows = Math.multiplyExact(n, (long) steps);
      try (Scratch scratch = new Scratch(context.allocator())) {
        DenseMatrix dx = shape.result(scratch, n, (long) steps * shape.features());
        DenseMatrix dw = shape.result(scratch, weights.rows(), weights.cols());
        DenseMatrix db = shape.result(scratch, 1, shape.gates());
        DenseMatrix dout0 = shape.result(scratch, n, units);
        DenseMatrix dc0 = shape.result(scratch, n, units);
        DenseMatrix dgates = shape.result(scratch, rows, shape.gates());
        MemorySegment.copy(dc.segment(), 0, dc0.segment(), 0, dc.bytes());
        goBack(dgates, db, dout0, dc0);
        try (Scratch copies = new Scratch(context.allocator())) {
          DenseMatrix joined = shape.result(copies, rows, weights.rows());
          shape.join(
              operand(0), operand(3), shape.byStep(cacheOut, units), joined, parallel, context);
          whole.multiply(joined, true, dgates, false, dw, products, context);
        }
        DenseMatrix toInput = shape.result(scratch, rows, shape.features());
        DenseMatrix inputWeights = shape.inputWeights(weights);
        whole.multiply(dgates, false, inputWeights, true, toInput, products, context);
        shape.toExamples(toInput, dx, parallel, context);
        return scratch.keepAll(dx, dw, db, dout0, dc0);
      }
    }

    /**
     * The steps: writes the gradients of the gates' sums, and those of the bias and the beginning.
     */
    private void goBack(DenseMatrix dgates, DenseMatrix db, DenseMatrix dout0, DenseMatrix dc0) {
      boolean sequences = Arguments.flag(operation, inputs, 5);
      long n = shape.examples();
      int units = shape.units();
      int steps = shape.steps();
      DenseMatrix dout = operand(6, n, sequences ? (long) steps * units : units);
      DenseMatrix cacheC = operand(9, steps, n * units);
      DenseMatrix cacheGates = operand(10, steps, n * shape.gates());
      long blocks = Parallel.chunks(n, shape.block());
      if (blocks == 0) {
        db.segment().asSlice(0, db.bytes()).fill((byte) 0);
        return;
      }
      try (Scratch scratch = new Scratch(context.allocator())) {
        DenseMatrix outWeights = shape.outputWeights(operand(1), scratch);
        RepeatedFactor packed =
            RepeatedFactor.pack(dgates, outWeights, true, scratch, parallel, context);
        Partials biasSums = new Partials(db, blocks, scratch);
        LstmBackwardSteps back =
            new LstmBackwardSteps(
                shape,
                products,
                new LstmProducts.Weights(outWeights, true, packed),
                operand(4),
                dout,
                sequences,
                shape.byStep(cacheC, units),
                shape.byStep(cacheGates, shape.gates()),
                dgates,
                dout0,
                dc0);
        parallel.forRange(
            context,
            n,
            shape.block(),
            (from, to) ->
                back.run(
                    from,
                    (int) (to - from),
                    biasSums.segment(from / shape.block()),
                    context.allocator()));
        biasSums.addUp(parallel, context);
      }
    }
  }
}
