package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A few short rows in an array of the heap, on their way from one matrix into another of the same
 * precision. One copy brings many rows, and another one takes them away: an access to memory
 * outside of the heap takes about a microsecond until the code around it is compiled, as long as 50
 * in an array, and short programs never get beyond that. For one thread.
 */
final class RowTile {
  /** Longer rows cost more to be copied twice than to be gone to one by one. */
  static final long MOST_COLUMNS = 64;

  /** So that two tiles stay in the processor's first cache. */
  private static final int CELLS = 2048;

  /** Runs of so many cells are copied by one call each. */
  static final int LONG_RUN = 8;

  private final Object cells;
  private final ValueLayout layout;
  private final long bytesPerCell;
  private final int width;

  /**
   * @param matrix whose whole rows it takes, of at most {@link #MOST_COLUMNS} cells
   * @param rows that it has room for
   */
  RowTile(DenseMatrix matrix, int rows) {
    this.width = Math.toIntExact(matrix.cols());
    this.bytesPerCell = matrix.precision().bytesPerCell();
    boolean isLong = bytesPerCell == Long.BYTES;
    this.cells = isLong ? new long[rows * this.width] : new int[rows * this.width];
    this.layout = isLong ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
  }

  /** How many rows of so many cells are copied together. */
  static int rowsOf(long width) {
    return (int) Math.max(1, CELLS / Math.max(1, width));
  }

  /** Brings rows of a matrix that are next to each other. */
  void load(DenseMatrix matrix, long row, int rows) {
    long at = row * width * bytesPerCell;
    MemorySegment.copy(matrix.segment(), layout, at, cells, 0, rows * width);
  }

  /** Takes the first rows to a matrix. */
  void store(DenseMatrix matrix, long row, int rows) {
    long at = row * width * bytesPerCell;
    MemorySegment.copy(cells, 0, matrix.segment(), layout, at, rows * width);
  }

  /**
   * Copies adjacent columns of the first rows to the same rows of another tile.
   *
   * @param count how many columns
   */
  void copyTo(RowTile target, int targetColumn, int rows, int column, int count) {
    if (count >= LONG_RUN) {
      for (int row = 0; row < rows; row++) {
        int to = row * target.width + targetColumn;
        System.arraycopy(cells, row * width + column, target.cells, to, count);
      }
    } else if (cells instanceof long[] longs) {
      long[] out = (long[]) target.cells;
      for (int row = 0, at = column, to = targetColumn; row < rows; row++) {
        for (int j = 0; j < count; j++) {
          out[to + j] = longs[at + j];
        }
        at += width;
        to += target.width;
      }
    } else {
      int[] ints = (int[]) cells;
      int[] out = (int[]) target.cells;
      for (int row = 0, at = column, to = targetColumn; row < rows; row++) {
        for (int j = 0; j < count; j++) {
          out[to + j] = ints[at + j];
        }
        at += width;
        to += target.width;
      }
    }
  }

  /** Copies chosen columns of the first rows to the same rows of another tile. */
  void copyTo(RowTile target, int rows, int[] columns) {
    for (int j = 0; j < columns.length; j++) {
      copyTo(target, j, rows, columns[j], 1);
    }
  }

  /** Copies chosen rows, counted from one on, to the first rows of another tile. */
  void copyRowsTo(RowTile target, int[] rows, int from, int to, int first) {
    for (int i = from; i < to; i++) {
      int at = (rows[i] - first) * width;
      System.arraycopy(cells, at, target.cells, (i - from) * width, width);
    }
  }
}
