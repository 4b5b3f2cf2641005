package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.RectangleCopies;
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

  /** Whole rows of so many cells are not much more memory than the lines of one cell of each. */
  private static final long NARROW = 32;

  /** Fewer are copied before code is called. */
  static final long FEWEST_CELLS_OF_CODE = 64;

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
    copyTo(target, 0, rows, cols);
  }

  /** Copies the rows from one to before another, counted from the first ones, likewise. */
  void copyTo(Region target, long from, long to, long cols) {
    if (cols > 0) {
      copyRows(target, from, to, cols);
    }
  }

  private void copyRows(Region target, long from, long to, long cols) {
    if (to - from > 1 && cols * (to - from) >= FEWEST_CELLS_OF_CODE && canBeCode(cols)) {
      RectangleCopies.run(
          matrix.segment().address() + at(from),
          width() * matrix.cols(),
          target.matrix.segment().address() + target.at(from),
          width() * target.matrix.cols(),
          to - from,
          width() * cols);
      return;
    }
    boolean isShort = cols < RowTile.LONG_RUN && matrix.cols() <= NARROW;
    if (isShort && cols == target.matrix.cols()) {
      copyByTiles(target, from, to, cols);
      return;
    }
    if (cols >= RowTile.LONG_RUN || width() != CELL.byteSize()) {
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

  private boolean canBeCode(long cols) {
    return width() * cols <= RectangleCopies.MOST_ROW_BYTES && RectangleCopies.areThere();
  }

  /** Out of short rows into a matrix that has no other cells in these rows. */
  private void copyByTiles(Region target, long from, long to, long cols) {
    int most = (int) Math.min(RowTile.rowsOf(matrix.cols()), to - from);
    RowTile in = new RowTile(matrix, most);
    RowTile out = new RowTile(target.matrix, most);
    for (long i = from; i < to; i += most) {
      int rows = (int) Math.min(most, to - i);
      in.load(matrix, row + i, rows);
      in.copyTo(out, 0, rows, (int) col, (int) cols);
      out.store(target.matrix, target.row + i, rows);
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
