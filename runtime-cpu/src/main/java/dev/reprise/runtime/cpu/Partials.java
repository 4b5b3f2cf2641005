package dev.reprise.runtime.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
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

  public Partials(DenseMatrix output, long count, Scratch scratch) {
    this(output.segment(), output.cells(), count, scratch);
  }

  public Partials(MemorySegment output, long cells, long count, Scratch scratch) {
    this.output = output;
    this.cells = cells;
    this.count = count;
    this.others =
        count == 1
            ? null
            : scratch.doubles(Math.multiplyExact(Math.subtractExact(count, 1), cells));
  }

  /** Where the partial result of a chunk goes; begins with its first cell. */
  public MemorySegment segment(long chunk) {
    return chunk == 0 ? output : others.asSlice((chunk - 1) * cells * Double.BYTES);
  }

  /** Leaves the sum in the output. */
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
    for (long i = from; i < to; i += width) {
      int n = (int) Math.min(width, to - i);
      MemorySegment.copy(output, JAVA_DOUBLE, i * Double.BYTES, sums, 0, n);
      for (long partial = 0; partial < count - 1; partial++) {
        long at = (partial * cells + i) * Double.BYTES;
        MemorySegment.copy(others, JAVA_DOUBLE, at, further, 0, n);
        add(sums, further, n);
      }
      MemorySegment.copy(sums, 0, output, JAVA_DOUBLE, i * Double.BYTES, n);
    }
  }

  private static void add(double[] sums, double[] further, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += further[i];
    }
  }
}
