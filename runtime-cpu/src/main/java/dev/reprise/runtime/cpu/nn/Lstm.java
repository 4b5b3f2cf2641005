package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code lstm}: [out, c, cache_out, cache_c, cache_ifog]. Per step, with h the step before's
 * output, (i, f, o, g) = [x, h] W + b, the first three through the logistic function and g through
 * tanh; then c = f c + i g and h = o tanh(c).
 *
 * <p>Row t of a cache holds step t of all examples, so a step of some examples is a block that BLAS
 * writes where it belongs.
 */
final class Lstm implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;

  Lstm(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    LstmShape shape = LstmShape.of(operation, inputs);
    boolean sequences = Arguments.flag(operation, inputs, 5);
    long n = shape.examples();
    try (Scratch scratch = new Scratch(context.allocator())) {
      int steps = shape.steps();
      DenseMatrix out = scratch.matrix(n, sequences ? (long) steps * shape.units() : shape.units());
      DenseMatrix c = scratch.matrix(n, shape.units());
      DenseMatrix cacheOut = scratch.matrix(steps, n * shape.units());
      DenseMatrix cacheC = scratch.matrix(steps, n * shape.units());
      DenseMatrix cacheGates = scratch.matrix(steps, n * shape.gates());
      Cells cells =
          new Cells(
              shape,
              cells(operation, inputs, 0),
              cells(operation, inputs, 1),
              cells(operation, inputs, 2),
              cells(operation, inputs, 3),
              cells(operation, inputs, 4),
              cacheOut.segment(),
              cacheC.segment(),
              cacheGates.segment());
      Blas products = blas.get();
      parallel.forRange(
          context,
          n,
          shape.block(),
          (from, to) -> {
            for (int step = 0; step < steps; step++) {
              cells.step(products, step, from, (int) (to - from));
            }
            copyOut(shape, cacheOut, from, to, sequences, out);
          });
      long last = (steps - 1L) * n * shape.units();
      MemorySegment.copy(cacheC.segment(), 8 * last, c.segment(), 0, 8 * n * shape.units());
      return new Operand[] {
        scratch.keep(out),
        scratch.keep(c),
        scratch.keep(cacheOut),
        scratch.keep(cacheC),
        scratch.keep(cacheGates)
      };
    }
  }

  private static MemorySegment cells(Operation operation, Operand[] inputs, int at) {
    return Arguments.matrix(operation, inputs, at).segment();
  }

  /** From steps of examples to examples of steps, or the last step alone. */
  private static void copyOut(
      LstmShape shape, DenseMatrix cache, long from, long to, boolean sequences, DenseMatrix out) {
    int units = shape.units();
    int first = sequences ? 0 : shape.steps() - 1;
    for (long example = from; example < to; example++) {
      for (int step = first; step < shape.steps(); step++) {
        long source = (step * shape.examples() + example) * units;
        long target = example * out.cols() + (long) (step - first) * units;
        MemorySegment.copy(cache.segment(), 8 * source, out.segment(), 8 * target, 8L * units);
      }
    }
  }

  /** The cells of the operands and of the caches. */
  private record Cells(
      LstmShape shape,
      MemorySegment x,
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment out0,
      MemorySegment c0,
      MemorySegment out,
      MemorySegment c,
      MemorySegment gates) {

    /** One step of {@code count} examples. */
    void step(Blas blas, int step, long example, int count) {
      int units = shape.units();
      int width = shape.gates();
      long at = step * shape.examples() + example;
      long before = at - shape.examples();
      int features = shape.features();
      int row = shape.steps() * features;
      Blas.Block target = new Blas.Block(gates, at * width, width);
      Blas.Block input = new Blas.Block(x, example * row + (long) step * features, row);
      Blas.Block hidden =
          step == 0
              ? new Blas.Block(out0, example * units, units)
              : new Blas.Block(out, before * units, units);
      Blas.Block inputWeights = new Blas.Block(weights, 0, width);
      Blas.Block hiddenWeights = new Blas.Block(weights, (long) features * width, width);
      blas.gemm(false, false, count, width, features, input, inputWeights, target);
      blas.gemmAdd(false, false, count, width, units, hidden, hiddenWeights, target);
      for (int i = 0; i < count; i++) {
        long state = step == 0 ? (example + i) * units : (before + i) * units;
        activate((at + i) * width);
        advance((at + i) * width, step == 0 ? c0 : c, state, (at + i) * units);
      }
    }

    private void activate(long row) {
      int units = shape.units();
      for (int j = 0; j < 4 * units; j++) {
        double sum = gates.getAtIndex(JAVA_DOUBLE, row + j) + bias.getAtIndex(JAVA_DOUBLE, j);
        double gate = j < 3 * units ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
        gates.setAtIndex(JAVA_DOUBLE, row + j, gate);
      }
    }

    private void advance(long row, MemorySegment before, long stateBefore, long state) {
      int units = shape.units();
      for (int j = 0; j < units; j++) {
        double in = gates.getAtIndex(JAVA_DOUBLE, row + j);
        double forget = gates.getAtIndex(JAVA_DOUBLE, row + units + j);
        double show = gates.getAtIndex(JAVA_DOUBLE, row + 2L * units + j);
        double candidate = gates.getAtIndex(JAVA_DOUBLE, row + 3L * units + j);
        double now = forget * before.getAtIndex(JAVA_DOUBLE, stateBefore + j) + in * candidate;
        c.setAtIndex(JAVA_DOUBLE, state + j, now);
        out.setAtIndex(JAVA_DOUBLE, state + j, show * Math.tanh(now));
      }
    }
  }
}
