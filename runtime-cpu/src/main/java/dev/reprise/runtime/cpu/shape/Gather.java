package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/** New matrices from chosen rows or columns of another. */
final class Gather {
  private static final long CHUNK_CELLS = 1 << 15;
  private static final int SHORT_ROW = 8;

  private Gather() {}

  /** The rows at zero-based positions, in that order. */
  static DenseMatrix rows(DenseMatrix x, int[] rows, Parallel parallel, ExecutionContext context) {
    long cols = x.cols();
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows.length, cols);
    long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, cols));
    parallel.forRange(
        context, rows.length, chunk, (from, to) -> copyRows(x, rows, out, (int) from, (int) to));
    return out;
  }

  private static void copyRows(DenseMatrix x, int[] rows, DenseMatrix out, int from, int to) {
    long cols = x.cols();
    MemorySegment source = x.segment();
    MemorySegment target = out.segment();
    for (int i = from; i < to; i++) {
      long at = 8L * rows[i] * cols;
      long atTarget = 8L * i * cols;
      if (cols >= SHORT_ROW) {
        MemorySegment.copy(source, at, target, atTarget, 8 * cols);
        continue;
      }
      for (long j = 0; j < cols; j++) {
        target.set(Region.CELL, atTarget + 8 * j, source.get(Region.CELL, at + 8 * j));
      }
    }
  }

  /** The columns at zero-based positions, in that order. */
  static DenseMatrix columns(
      DenseMatrix x, int[] cols, Parallel parallel, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), cols.length);
    long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, cols.length));
    parallel.forRange(
        context,
        x.rows(),
        chunk,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            for (int j = 0; j < cols.length; j++) {
              out.set(i, j, x.get(i, cols[j]));
            }
          }
        });
    return out;
  }
}
