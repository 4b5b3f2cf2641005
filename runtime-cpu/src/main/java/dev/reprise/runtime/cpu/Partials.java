package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;

/**
 * One partial result per chunk of the inner dimension: the first in the output itself, the others
 * in scratch memory, added up in order of the chunks.
 */
public final class Partials {
  private static final long CELLS_PER_CHUNK = 1 << 14;

  /** Blocks are copied into arrays, which the compiler makes vector code of. */
  private static final int BLOCK = 1024;

  private final MemorySegment output;
  private final MemorySegment others;
  private final long cells;
  private final long count;
  private final Precision precision;

  public Partials(DenseMatrix output, long count, Scratch scratch) {
    this(output.segment(), output.cells(), count, scratch, output.precision());
  }

  /** Of doubles. */
  public Partials(MemorySegment output, long cells, long count, Scratch scratch) {
    this(output, cells, count, scratch, Precision.FP64);
  }

  private Partials(
      MemorySegment output, long cells, long count, Scratch scratch, Precision precision) {
    this.precision = precision;
    this.output = output;
    this.cells = cells;
    this.count = count;
    this.others =
        count == 1
            ? null
            : scratch.bytes(
                Math.multiplyExact(
                    Math.multiplyExact(Math.subtractExact(count, 1), cells),
                    precision.bytesPerCell()));
  }

  /** Where the partial result of a chunk goes; begins with its first cell. */
  public MemorySegment segment(long chunk) {
    return chunk == 0 ? output : others.asSlice((chunk - 1) * cells * precision.bytesPerCell());
  }

  /** Leaves the sum in the output; floats are added in double. */
  public void addUp(Parallel parallel, ExecutionContext context) {
    if (count > 1) {
      long chunk = Math.max(64, CELLS_PER_CHUNK / count);
      parallel.forRange(context, cells, chunk, this::addUp);
    }
  }

  private void addUp(long from, long to) {
    int width = (int) Math.min(BLOCK, to - from);
    double[] sums = new double[width];
    double[] further = new double[width];
    CellBlocks blocks = new CellBlocks(precision, width);
    for (long i = from; i < to; i += width) {
      int n = (int) Math.min(width, to - i);
      blocks.load(output, i, sums, 0, n);
      for (long partial = 0; partial < count - 1; partial++) {
        blocks.load(others, partial * cells + i, further, 0, n);
        add(sums, further, n);
      }
      blocks.store(sums, 0, output, i, n);
    }
  }

  private static void add(double[] sums, double[] further, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += further[i];
    }
  }
}
