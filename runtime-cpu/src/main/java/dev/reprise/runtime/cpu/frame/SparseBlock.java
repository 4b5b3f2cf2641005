package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The cells other than zero of some rows, to which one column after another is added. For one
 * thread.
 *
 * <pre>
 *   row 0          row 1          row 2
 *   | x x x . . . | x x . . . . | x x x x . . |    room for the most cells that a row can have
 * </pre>
 */
final class SparseBlock {
  private static final ValueLayout.OfLong START = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfDouble VALUE = ValueLayout.JAVA_DOUBLE;
  private static final ValueLayout.OfInt COLUMN = ValueLayout.JAVA_INT;

  private final int mostPerRow;
  private final int[] columns;
  private final double[] values;

  /** Where a row's cells end. */
  private final int[] ends;

  private final long[] starts;
  private int rows;
  private int packed;

  SparseBlock(int mostRows, int mostPerRow) {
    this.mostPerRow = mostPerRow;
    this.columns = new int[Math.multiplyExact(mostRows, mostPerRow)];
    this.values = new double[columns.length];
    this.ends = new int[mostRows];
    this.starts = new long[mostRows];
  }

  /** Begins anew with so many rows without cells. */
  void clear(int rows) {
    this.rows = rows;
    for (int i = 0, end = 0; i < rows; i++, end += mostPerRow) {
      ends[i] = end;
    }
  }

  /**
   * Adds adjacent columns.
   *
   * @param numbers as many per row as there are columns, row by row
   */
  void add(double[] numbers, int column, int count) {
    for (int j = 0; j < count; j++) {
      add(numbers, j, count, column + j);
    }
  }

  private void add(double[] numbers, int from, int stride, int column) {
    for (int i = 0, next = from; i < rows; i++, next += stride) {
      double number = numbers[next];
      if (number != 0) {
        int at = ends[i]++;
        values[at] = number;
        columns[at] = column;
      }
    }
  }

  /** Adds a one to each row, in the column of its code, counted from 1; none for NaN. */
  void addOnes(double[] codes, int begin) {
    for (int i = 0; i < rows; i++) {
      double code = codes[i];
      if (code == code) {
        int at = ends[i]++;
        values[at] = 1;
        columns[at] = begin + (int) code - 1;
      }
    }
  }

  /**
   * Brings the rows together.
   *
   * @param first the position of their first value in a matrix
   * @return how many values they have
   */
  int pack(long first) {
    int at = 0;
    for (int i = 0; i < rows; i++) {
      int from = i * mostPerRow;
      int count = ends[i] - from;
      starts[i] = first + at;
      if (at < from) {
        System.arraycopy(values, from, values, at, count);
        System.arraycopy(columns, from, columns, at, count);
      }
      at += count;
    }
    packed = at;
    return at;
  }

  /**
   * Writes the packed rows to a matrix.
   *
   * @param row of the matrix that the first one is
   */
  void store(SparseMatrix matrix, long row) {
    MemorySegment cells = matrix.segment();
    long values = matrix.valuesAt() + VALUE.byteSize() * starts[0];
    long columns = matrix.columnsAt() + COLUMN.byteSize() * starts[0];
    MemorySegment.copy(starts, 0, cells, START, START.byteSize() * row, rows);
    MemorySegment.copy(this.values, 0, cells, VALUE, values, packed);
    MemorySegment.copy(this.columns, 0, cells, COLUMN, columns, packed);
  }

  /**
   * Copies rows with all their values, which lie together.
   *
   * @param begin the position of their first value in the target
   */
  static void move(SparseMatrix from, SparseMatrix to, long row, long end, long begin, long count) {
    long first = from.start(row);
    long[] starts = new long[(int) (end - row)];
    MemorySegment.copy(from.segment(), START, START.byteSize() * row, starts, 0, starts.length);
    for (int i = 0; i < starts.length; i++) {
      starts[i] += begin - first;
    }
    MemorySegment.copy(starts, 0, to.segment(), START, START.byteSize() * row, starts.length);
    MemorySegment.copy(
        from.segment(),
        from.valuesAt() + VALUE.byteSize() * first,
        to.segment(),
        to.valuesAt() + VALUE.byteSize() * begin,
        VALUE.byteSize() * count);
    MemorySegment.copy(
        from.segment(),
        from.columnsAt() + COLUMN.byteSize() * first,
        to.segment(),
        to.columnsAt() + COLUMN.byteSize() * begin,
        COLUMN.byteSize() * count);
  }
}
