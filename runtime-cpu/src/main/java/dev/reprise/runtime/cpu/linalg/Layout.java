package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.DenseTranspose;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.Transposes;
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
    if (cols + BLOCK <= from && Transposes.areThere()) {
      // All of it is above the diagonal, and what is written is below.
      long stride = n * Double.BYTES;
      long source = cells.address() + cols * stride + from * Double.BYTES;
      long target = cells.address() + from * stride + cols * Double.BYTES;
      Transposes.run(Precision.FP64, source, stride, target, stride, BLOCK, to - from);
      return;
    }
    for (long i = from; i < to; i++) {
      long lastCol = Math.min(i, cols + BLOCK);
      for (long j = cols; j < lastCol; j++) {
        cells.setAtIndex(JAVA_DOUBLE, i * n + j, cells.getAtIndex(JAVA_DOUBLE, j * n + i));
      }
    }
  }

  /** Writes the transpose of rows x cols doubles to {@code target}, on the calling thread. */
  static void transpose(MemorySegment source, long rows, long cols, MemorySegment target) {
    new DenseTranspose(Precision.FP64, source, rows, cols, target).write();
  }
}
