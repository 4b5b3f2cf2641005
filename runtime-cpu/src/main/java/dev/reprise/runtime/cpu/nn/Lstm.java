package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.linalg.DenseProducts;
import dev.reprise.runtime.cpu.linalg.RepeatedFactor;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code lstm}: [out, c, cache_out, cache_c, cache_ifog]. Per step, with h the step before's
 * output, (i, f, o, g) = [x, h] W + b, the first three through the logistic function and g through
 * tanh; then c = f c + i g and h = o tanh(c).
 *
 * <p>Row t of a cache holds step t of all examples, so a step of some examples is rows that follow
 * each other. What the inputs add to the gates of all steps is one product, written to the cache of
 * the gates; each step then adds what the outputs of the step before give.
 */
final class Lstm extends ProductKernel {
  private final DenseProducts whole;

  Lstm(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
    this.whole = new DenseProducts(parallel, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    LstmShape shape = LstmShape.of(operation, inputs, precision);
    boolean sequences = Arguments.flag(operation, inputs, 5);
    long n = shape.examples();
    try (Scratch scratch = new Scratch(context.allocator())) {
      int steps = shape.steps();
      DenseMatrix out =
          shape.result(scratch, n, sequences ? (long) steps * shape.units() : shape.units());
      DenseMatrix c = shape.result(scratch, n, shape.units());
      DenseMatrix cacheOut = shape.result(scratch, steps, n * shape.units());
      DenseMatrix cacheC = shape.result(scratch, steps, n * shape.units());
      DenseMatrix cacheGates = shape.result(scratch, steps, n * shape.gates());
      DenseMatrix weights = Arguments.matrix(operation, inputs, 1, precision);
      DenseMatrix gates = shape.byStep(cacheGates, shape.gates());
      try (Scratch copies = new Scratch(context.allocator())) {
        DenseMatrix x = shape.result(copies, steps * n, shape.features());
        shape.toSteps(Arguments.matrix(operation, inputs, 0, precision), x, parallel, context);
        whole.multiply(x, false, shape.inputWeights(weights), false, gates, products, context);
      }
      DenseMatrix outWeights = shape.outputWeights(weights, scratch);
      DenseMatrix out0 = Arguments.matrix(operation, inputs, 3, precision);
      RepeatedFactor packed =
          RepeatedFactor.pack(out0, outWeights, false, scratch, parallel, context);
      LstmSteps cells =
          new LstmSteps(
              shape,
              products,
              new LstmProducts.Weights(outWeights, false, packed),
              Arguments.matrix(operation, inputs, 2, precision),
              out0,
              Arguments.matrix(operation, inputs, 4, precision),
              shape.byStep(cacheOut, shape.units()),
              shape.byStep(cacheC, shape.units()),
              gates);
      parallel.forRange(
          context,
          n,
          shape.block(),
          (from, to) -> {
            cells.run(from, (int) (to - from), context.allocator());
            copyOut(shape, cacheOut, from, to, sequences, out);
          });
      long bytes = (long) precision.bytesPerCell() * shape.units() * n;
      MemorySegment.copy(cacheC.segment(), (steps - 1) * bytes, c.segment(), 0, bytes);
      return scratch.keepAll(out, c, cacheOut, cacheC, cacheGates);
    }
  }

  /** From steps of examples to examples of steps, or the last step alone. */
  private static void copyOut(
      LstmShape shape, DenseMatrix cache, long from, long to, boolean sequences, DenseMatrix out) {
    int units = shape.units();
    int width = shape.precision().bytesPerCell();
    int first = sequences ? 0 : shape.steps() - 1;
    for (long example = from; example < to; example++) {
      for (int step = first; step < shape.steps(); step++) {
        long source = (step * shape.examples() + example) * units;
        long target = example * out.cols() + (long) (step - first) * units;
        MemorySegment.copy(
            cache.segment(), width * source, out.segment(), width * target, (long) width * units);
      }
    }
  }
}
