package dev.reprise.runtime.cpu.sparse;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Consecutive rows of a sparse matrix under construction. Columns of a row must be added in
 * ascending order; zeros are dropped. For one thread; a kernel makes one for each chunk of rows and
 * {@linkplain #assemble puts them together} in order.
 */
public final class SparseRows {
  private final long[] ends;
  private int rows;
  private int[] columns = new int[64];
  private double[] values = new double[64];
  private int size;

  /**
   * Begins with no rows.
   *
   * @param rows how many rows there will be
   */
  public SparseRows(int rows) {
    ends = new long[rows];
  }

  /** Adds a value to the current row, unless it is zero. */
  public void add(int column, double value) {
    if (value == 0) {
      return;
    }
    if (size == values.length) {
      int capacity = Math.addExact(size, Math.max(64, size >> 1));
      columns = Arrays.copyOf(columns, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    columns[size] = column;
    values[size++] = value;
  }

  /** Ends the current row and begins the next one. */
  public void endRow() {
    ends[rows++] = size;
  }

  /** Number of values so far. */
  public long size() {
    return size;
  }

  /** Where the rows begin when the first one begins at a position. */
  private long[] starts(long first) {
    long[] starts = new long[rows];
    for (int i = 1; i < rows; i++) {
      starts[i] = first + ends[i - 1];
    }
    if (rows > 0) {
      starts[0] = first;
    }
    return starts;
  }

  /** The rows of all parts, in order, as a matrix that the caller owns. */
  public static SparseMatrix assemble(List<SparseRows> parts, long cols, Allocator allocator) {
    long rows = 0;
    long nonZeros = 0;
    for (SparseRows part : parts) {
      rows += part.rows;
      nonZeros += part.size;
    }
    SparseMatrix matrix = SparseMatrix.allocate(allocator, rows, cols, nonZeros);
    MemorySegment target = matrix.segment();
    long row = 0;
    long at = 0;
    for (SparseRows part : parts) {
      MemorySegment.copy(
          part.starts(at), 0, target, ValueLayout.JAVA_LONG, Long.BYTES * row, part.rows);
      MemorySegment.copy(
          part.values,
          0,
          target,
          ValueLayout.JAVA_DOUBLE,
          matrix.valuesAt() + Double.BYTES * at,
          part.size);
      MemorySegment.copy(
          part.columns,
          0,
          target,
          ValueLayout.JAVA_INT,
          matrix.columnsAt() + Integer.BYTES * at,
          part.size);
      row += part.rows;
      at += part.size;
    }
    matrix.setStart(row, at);
    return matrix;
  }
}
