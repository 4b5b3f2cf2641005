package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * {@code rand(rows, cols, min, max, sparsity, seed, pdf, lambda)}. With a sparsity below 1 each
 * cell is non-zero with that probability, independently; its value is the one it would have had
 * anyway.
 */
final class RandKernel implements Kernel {
  private static final int ROWS = 0;
  private static final int COLS = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int SPARSITY = 4;
  private static final int SEED = 5;
  private static final int PDF = 6;
  private static final int LAMBDA = 7;

  /** Even, since cells come in pairs, and whole steps of code, which takes some 0.05 ms. */
  private static final long CELLS_PER_CHUNK = 1 << 15;

  /** Before a kernel has made so many, Java takes less time than making the code. */
  private static final long FEWEST_CELLS = 1 << 15;

  private final Parallel parallel;
  private final Precision precision;

  /** Cells so far. */
  private long made;

  /** Makes cells of that precision: numbers are drawn as doubles in either. */
  RandKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    double sparsity = Arguments.number(operation, inputs, SPARSITY);
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new OperandException("'rand' needs a sparsity from 0 to 1, not " + sparsity);
    }
    long seed = Arguments.whole(operation, inputs, SEED);
    RandomCells random = random(operation, inputs, seed).thinned(sparsity);
    long rows = Sizes.extent(operation, inputs, ROWS);
    long cols = Sizes.extent(operation, inputs, COLS);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(rows, cols, precision);
      boolean byCode = codePays(out.cells());
      parallel.forRange(
          context,
          out.cells(),
          CELLS_PER_CHUNK,
          (from, to) -> {
            MemorySegment cells = out.segment().asSlice(from * precision.bytesPerCell());
            if (byCode) {
              random.fill(cells, from, to - from);
            } else {
              random.fillInJava(cells, from, to - from);
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** Counts cells; several threads may lose some, which delays code only. */
  private boolean codePays(long cells) {
    made += cells;
    return made >= FEWEST_CELLS;
  }

  private RandomCells random(Operation operation, Operand[] inputs, long seed) {
    String pdf = Arguments.text(operation, inputs, PDF).toLowerCase(Locale.ROOT);
    return switch (pdf) {
      case "uniform" -> {
        double min = Arguments.number(operation, inputs, MIN);
        double max = Arguments.number(operation, inputs, MAX);
        boolean finite = Double.isFinite(max - min);
        if (min != max && !(Double.isNaN(min) && Double.isNaN(max)) && !finite) {
          throw new OperandException(
              "'rand' needs finite bounds no further apart than "
                  + Double.MAX_VALUE
                  + ", not "
                  + min
                  + " and "
                  + max);
        }
        yield min == max || !finite
            ? RandomCells.constant(precision, seed, min)
            : RandomCells.uniform(precision, seed, min, max);
      }
      case "normal" -> RandomCells.normal(precision, seed);
      case "poisson" -> {
        double mean = Arguments.number(operation, inputs, LAMBDA);
        if (!(mean > 0 && mean < Double.POSITIVE_INFINITY)) {
          throw new OperandException("'rand' needs a lambda above 0, not " + mean);
        }
        yield RandomCells.poisson(precision, seed, mean);
      }
      default ->
          throw new OperandException(
              "'rand' knows the pdfs uniform, normal and poisson, not \"" + pdf + "\"");
    };
  }
}
