package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
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
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either, and rounds at the end. */
  Lstm(Parallel parallel, LazyBlas blas, Precision precision) {
    this.parallel = parallel;
    this.blas = blas;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
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
      Cells cells =
          new Cells(
              shape,
              Arguments.matrix(operation, inputs, 0, precision),
              scratch.dense(weights, Precision.FP64).segment(),
              scratch.dense((DenseMatrix) inputs[2], Precision.FP64).segment(),
              Arguments.matrix(operation, inputs, 3, precision),
              Arguments.matrix(operation, inputs, 4, precision),
              cacheOut,
              cacheC,
              cacheGates);
      Blas products = blas.get();
      long tasks = Parallel.chunks(n, shape.block());
      Slots<MemorySegment> slots =
          Slots.ofCells(scratch, context, tasks, 2 * cells.room(shape.block()), Precision.FP64);
      parallel.forRange(
          context,
          n,
          shape.block(),
          (from, to) -> {
            MemorySegment slot = slots.borrow();
            try {
              cells.run(products, from, (int) (to - from), slot);
            } finally {
              slots.giveBack(slot);
            }
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

  /**
   * The operands and the caches.
   *
   * @param weights as doubles
   * @param bias as doubles
   */
  private record Cells(
      LstmShape shape,
      DenseMatrix x,
      MemorySegment weights,
      MemorySegment bias,
      DenseMatrix out0,
      DenseMatrix c0,
      DenseMatrix out,
      DenseMatrix c,
      DenseMatrix gates) {

    /** Cells that copies of a step of so many examples take. */
    long room(long count) {
      long numbers = shape.gates() + shape.features() + 2L * shape.units();
      return DoubleBlocks.room(shape.precision(), count * numbers);
    }

    /** All steps of {@code count} examples; what is copied lies in one half, then the other. */
    void run(Blas blas, long example, int count, MemorySegment slot) {
      int units = shape.units();
      long half = room(count);
      DoubleBlocks blocks = new DoubleBlocks(shape.precision(), slot, half);
      Blas.Block hidden = blocks.read(LstmShape.rows(out0, example * units, units), count, units);
      Blas.Block state = blocks.read(LstmShape.rows(c0, example * units, units), count, units);
      for (int step = 0; step < shape.steps(); step++) {
        blocks.reuse(step % 2 == 0 ? 0 : half);
        long at = step * shape.examples() + example;
        Blas.Block toOut = LstmShape.rows(out, at * units, units);
        Blas.Block toState = LstmShape.rows(c, at * units, units);
        Blas.Block nextHidden = blocks.write(toOut, count, units);
        Blas.Block nextState = blocks.write(toState, count, units);
        Blas.Block row = sums(blas, step, example, count, hidden, blocks);
        for (int i = 0; i < count; i++) {
          activate(row.cells(), row.offset() + (long) i * row.stride());
          advance(row, i, state, nextState, nextHidden);
        }
        blocks.written(
            row, LstmShape.rows(gates, at * shape.gates(), shape.gates()), count, shape.gates());
        blocks.written(nextHidden, toOut, count, units);
        blocks.written(nextState, toState, count, units);
        hidden = nextHidden;
        state = nextState;
      }
    }

    /** Of one step what goes into the gates, without the bias. */
    private Blas.Block sums(
        Blas blas, int step, long example, int count, Blas.Block hidden, DoubleBlocks blocks) {
      int units = shape.units();
      int width = shape.gates();
      int features = shape.features();
      int row = shape.steps() * features;
      long at = step * shape.examples() + example;
      Blas.Block target = blocks.write(LstmShape.rows(gates, at * width, width), count, width);
      Blas.Block input =
          blocks.read(
              LstmShape.rows(x, example * row + (long) step * features, row), count, features);
      Blas.Block inputWeights = new Blas.Block(weights, 0, width);
      Blas.Block hiddenWeights = new Blas.Block(weights, (long) features * width, width);
      blas.gemm(false, false, count, width, features, input, inputWeights, target);
      blas.gemmAdd(false, false, count, width, units, hidden, hiddenWeights, target);
      return target;
    }

    private void activate(MemorySegment gates, long row) {
      int units = shape.units();
      for (int j = 0; j < 4 * units; j++) {
        double sum = gates.getAtIndex(JAVA_DOUBLE, row + j) + bias.getAtIndex(JAVA_DOUBLE, j);
        double gate = j < 3 * units ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
        gates.setAtIndex(JAVA_DOUBLE, row + j, gate);
      }
    }

    /** The state and output of one of the examples. */
    private void advance(
        Blas.Block gates, long example, Blas.Block before, Blas.Block state, Blas.Block out) {
      int units = shape.units();
      long row = gates.offset() + example * gates.stride();
      MemorySegment cells = gates.cells();
      for (int j = 0; j < units; j++) {
        long at = example * units + j;
        double in = cells.getAtIndex(JAVA_DOUBLE, row + j);
        double forget = cells.getAtIndex(JAVA_DOUBLE, row + units + j);
        double show = cells.getAtIndex(JAVA_DOUBLE, row + 2L * units + j);
        double candidate = cells.getAtIndex(JAVA_DOUBLE, row + 3L * units + j);
        double last = before.cells().getAtIndex(JAVA_DOUBLE, before.offset() + at);
        double now = forget * last + in * candidate;
        state.cells().setAtIndex(JAVA_DOUBLE, state.offset() + at, now);
        out.cells().setAtIndex(JAVA_DOUBLE, out.offset() + at, show * Math.tanh(now));
      }
    }
  }
}
