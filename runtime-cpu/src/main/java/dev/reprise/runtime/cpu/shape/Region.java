package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A rectangle of cells inside a matrix, for copies from one matrix into another of the same
 * precision.
 *
 * @param matrix the matrix
 * @param row first row, zero-based
 * @param col first column, zero-based
 */
record Region(DenseMatrix matrix, long row, long col) {
  static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;
  private static final long CHUNK_CELLS = 1 << 16;

  /** Runs shorter than this are copied cell by cell; a bulk copy costs about as much. */
  private static final long SHORT_RUN = 8;

  static Region all(DenseMatrix matrix) {
    return new Region(matrix, 0, 0);
  }

  /** Copies {@code rows x cols} cells into another matrix, in parallel when there are many. */
  void copyTo(Region target, long rows, long cols, Parallel parallel, ExecutionContext context) {
    if (rows == 0 || cols == 0) {
      return;
    }
    if (cols == matrix.cols() && cols == target.matrix.cols()) {
      parallel.forRange(
          context,
          rows * cols,
          CHUNK_CELLS,
          (from, to) ->
              copyRun(at(0) + width() * from, target, target.at(0) + width() * from, to - from));
      return;
    }
    long chunk = Math.max(1, CHUNK_CELLS / cols);
    if (rows <= chunk) {
      copyRows(target, 0, rows, cols);
    } else {
      parallel.forRange(context, rows, chunk, (from, to) -> copyRows(target, from, to, cols));
    }
  }

  /** Copies on the calling thread. */
  void copyTo(Region target, long rows, long cols) {
    copyRows(target, 0, rows, cols);
  }

  private void copyRows(Region target, long from, long to, long cols) {
    if (cols >= SHORT_RUN || width() != CELL.byteSize()) {
      for (long i = from; i < to; i++) {
        copyRun(at(i), target, target.at(i), cols);
      }
      return;
    }
    MemorySegment source = matrix.segment();
    MemorySegment out = target.matrix.segment();
    for (long i = from; i < to; i++) {
      long atSource = at(i);
      long atTarget = target.at(i);
      for (long j = 0; j < cols; j++) {
        out.set(CELL, atTarget + 8 * j, source.get(CELL, atSource + 8 * j));
      }
    }
  }

  private void copyRun(long at, Region target, long atTarget, long cells) {
    MemorySegment.copy(matrix.segment(), at, target.matrix.segment(), atTarget, width() * cells);
  }

  /** Byte offset of the region's i-th row. */
  private long at(long i) {
    return width() * ((row + i) * matrix.cols() + col);
  }

  private long width() {
    return matrix.precision().bytesPerCell();
  }
}
