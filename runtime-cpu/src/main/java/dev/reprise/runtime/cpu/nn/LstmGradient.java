package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code lstm_backward}: [dX, dW, db, dout0, dc0] from the gradients of {@code out} and of the last
 * {@code c}, and from the caches that {@code lstm} returned. Each task goes back through all steps
 * of some examples; the tasks' gradients of weights and bias are added in order.
 */
final class LstmGradient implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final Precision precision;

  /** Of matrices of that precision; passes without products of such cells. */
  LstmGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    this.parallel = parallel;
    this.blas = blas;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    CellProducts products = CellProducts.of(precision, blas.get());
    if (products == null) {
      return null;
    }
    LstmShape shape = LstmShape.of(operation, inputs, precision);
    boolean sequences = Arguments.flag(operation, inputs, 5);
    long n = shape.examples();
    int units = shape.units();
    int steps = shape.steps();
    DenseMatrix dout =
        shape.matrix(operation, inputs, 6, n, sequences ? (long) steps * units : units);
    DenseMatrix dc = shape.matrix(operation, inputs, 7, n, units);
    DenseMatrix cacheOut = shape.matrix(operation, inputs, 8, steps, n * units);
    DenseMatrix cacheC = shape.matrix(operation, inputs, 9, steps, n * units);
    DenseMatrix cacheGates = shape.matrix(operation, inputs, 10, steps, n * shape.gates());
    DenseMatrix weights = Arguments.matrix(operation, inputs, 1, precision);
    long blocks = Parallel.chunks(n, shape.block());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = shape.result(scratch, n, (long) steps * shape.features());
      DenseMatrix dw = shape.result(scratch, weights.rows(), weights.cols());
      DenseMatrix db = shape.result(scratch, 1, shape.gates());
      DenseMatrix dout0 = shape.result(scratch, n, units);
      DenseMatrix dc0 = shape.result(scratch, n, units);
      if (blocks == 0) {
        dw.segment().asSlice(0, dw.bytes()).fill((byte) 0);
        db.segment().asSlice(0, db.bytes()).fill((byte) 0);
      } else {
        MemorySegment.copy(dc.segment(), 0, dc0.segment(), 0, dc.bytes());
        Partials weightSums = new Partials(dw, blocks, scratch);
        Partials biasSums = new Partials(db, blocks, scratch);
        LstmBackwardSteps back =
            new LstmBackwardSteps(
                shape,
                products,
                Arguments.matrix(operation, inputs, 0, precision),
                weights,
                shape.outputWeightsTurned(weights, scratch),
                Arguments.matrix(operation, inputs, 3, precision),
                Arguments.matrix(operation, inputs, 4, precision),
                dout,
                sequences,
                cacheOut,
                cacheC,
                cacheGates,
                scratch.bytes(
                    Math.multiplyExact(n * steps, (long) shape.gates() * precision.bytesPerCell())),
                dx,
                dout0,
                dc0);
        parallel.forRange(
            context,
            n,
            shape.block(),
            (from, to) -> {
              long block = from / shape.block();
              back.run(
                  from,
                  (int) (to - from),
                  weightSums.segment(block),
                  biasSums.segment(block),
                  context.allocator());
            });
        weightSums.addUp(parallel, context);
        biasSums.addUp(parallel, context);
      }
      return scratch.keepAll(dx, dw, db, dout0, dc0);
    }
  }
}
