package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/** Moves cells between layouts, in square blocks so that both sides stay in the cache. */
final class Layout {
  private static final long BLOCK = 32;

  private Layout() {}

  /** Copies the cells above the diagonal of a square matrix to their mirror places. */
  static void mirrorUpper(DenseMatrix c, Parallel parallel, ExecutionContext context) {
    long n = c.rows();
    MemorySegment cells = c.segment();
    parallel.forRange(
        context,
        n,
        Math.max(BLOCK, BLOCK * ((1 << 16) / (BLOCK * n + 1))),
        (from, to) -> {
          for (long rows = from; rows < to; rows += BLOCK) {
            long lastRow = Math.min(to, rows + BLOCK);
            for (long cols = 0; cols < lastRow; cols += BLOCK) {
              mirrorBlock(cells, n, rows, lastRow, cols);
            }
          }
        });
  }

  private static void mirrorBlock(MemorySegment cells, long n, long from, long to, long cols) {
    for (long i = from; i < to; i++) {
      long lastCol = Math.min(i, cols + BLOCK);
      for (long j = cols; j < lastCol; j++) {
        cells.setAtIndex(JAVA_DOUBLE, i * n + j, cells.getAtIndex(JAVA_DOUBLE, j * n + i));
      }
    }
  }

  /** Writes the transpose of a rows x cols matrix to {@code target}. */
  static void transpose(MemorySegment source, long rows, long cols, MemorySegment target) {
    for (long r = 0; r < rows; r += BLOCK) {
      long lastRow = Math.min(rows, r + BLOCK);
      for (long c = 0; c < cols; c += BLOCK) {
        long lastCol = Math.min(cols, c + BLOCK);
        for (long i = r; i < lastRow; i++) {
          for (long j = c; j < lastCol; j++) {
            double cell = source.getAtIndex(JAVA_DOUBLE, i * cols + j);
            target.setAtIndex(JAVA_DOUBLE, j * rows + i, cell);
          }
        }
      }
    }
  }
}
