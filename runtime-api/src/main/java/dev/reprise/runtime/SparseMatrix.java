package dev.reprise.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix compressed by rows (CSR) in host memory. Within a row the columns ascend, and no zero is
 * stored (NaN is), so equal matrices have equal bytes. A negative zero becomes a plain one.
 *
 * <pre>
 *   buffer   | row starts: long[rows + 1] | values: double[nonZeros] | columns: int[nonZeros] |
 * </pre>
 *
 * <p>Values take eight bytes in either precision; with {@link Precision#FP32} they are rounded to
 * floats. The holder of the matrix owns its buffer.
 *
 * @param rows number of rows, may be 0
 * @param cols number of columns, less than 2^31
 * @param precision the width to which values are rounded
 * @param nonZeros number of stored values
 * @param buffer the three arrays
 */
public record SparseMatrix(long rows, long cols, Precision precision, long nonZeros, Buffer buffer)
    implements MatrixOperand {
  private static final ValueLayout.OfLong START = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfDouble VALUE = ValueLayout.JAVA_DOUBLE;
  private static final ValueLayout.OfInt COLUMN = ValueLayout.JAVA_INT;

  /** Smallest number of cells worth the trouble of a compressed form. */
  private static final long SMALLEST_CELLS = 1 << 12;

  /** More rows than that cannot be stored: their starts alone take 8 TiB. */
  private static final long MOST_ROWS = 1L << 40;

  /** The compressed form must be so many times smaller than the dense one. */
  private static final long WORTHWHILE_FACTOR = 8;

  /**
   * Looks at the number of columns.
   *
   * @throws IllegalArgumentException when there are 2^31 columns or more
   */
  public SparseMatrix {
    if (cols > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a sparse matrix has fewer than 2^31 columns: " + cols);
    }
  }

  /**
   * Allocates an fp64 matrix with undefined row starts, values and columns.
   *
   * @param allocator source of the matrix's memory
   * @param rows number of rows
   * @param cols number of columns
   * @param nonZeros number of values
   * @return a matrix that the caller owns
   * @throws ResourceException when there is no memory for it
   */
  public static SparseMatrix allocate(Allocator allocator, long rows, long cols, long nonZeros) {
    return new SparseMatrix(
        rows, cols, Precision.FP64, nonZeros, allocator.allocate(bytesOf(rows, nonZeros)));
  }

  /**
   * Whether a matrix is kept compressed: by shape and count alone, so that a value's form does not
   * depend on how it came about.
   *
   * @param rows number of rows
   * @param cols number of columns
   * @param nonZeros cells that are not zero
   * @return true when the compressed form is much smaller
   */
  public static boolean isWorthwhile(long rows, long cols, long nonZeros) {
    long cells = new Shape(rows, cols).cells();
    return cells >= SMALLEST_CELLS
        && rows <= MOST_ROWS
        && cols <= Integer.MAX_VALUE
        && bytesOf(rows, nonZeros)
            <= DenseMatrix.bytesOf(rows, cols, Precision.FP64) / WORTHWHILE_FACTOR;
  }

  /**
   * Bytes of the compressed form.
   *
   * @param rows number of rows
   * @param nonZeros number of values
   * @return bytes
   * @throws ArithmeticException when 64 bits cannot hold them
   */
  public static long bytesOf(long rows, long nonZeros) {
    return Math.addExact(
        Math.multiplyExact(START.byteSize(), rows + 1),
        Math.multiplyExact(VALUE.byteSize() + COLUMN.byteSize(), nonZeros));
  }

  /** {@return the memory of the three arrays} */
  public MemorySegment segment() {
    return buffer.segment();
  }

  /**
   * Where a row's values begin.
   *
   * @param row zero-based, or the number of rows
   * @return position of its first stored value; for the number of rows the number of values
   */
  public long start(long row) {
    return segment().getAtIndex(START, row);
  }

  /**
   * The column of a stored value.
   *
   * @param at its position
   * @return zero-based
   */
  public int column(long at) {
    return segment().get(COLUMN, columnsAt() + COLUMN.byteSize() * at);
  }

  /**
   * A stored value.
   *
   * @param at its position
   * @return the value, of fp32 as a double
   */
  public double value(long at) {
    return segment().get(VALUE, valuesAt() + VALUE.byteSize() * at);
  }

  /**
   * Sets a row's start, in a matrix that nobody else reads yet.
   *
   * @param row zero-based, or the number of rows
   * @param at position of its first value
   */
  public void setStart(long row, long at) {
    segment().setAtIndex(START, row, at);
  }

  /**
   * Sets a stored value, in a matrix that nobody else reads yet.
   *
   * @param at its position
   * @param column zero-based
   * @param value not zero, rounded to the precision
   */
  public void set(long at, int column, double value) {
    segment().set(COLUMN, columnsAt() + COLUMN.byteSize() * at, column);
    segment().set(VALUE, valuesAt() + VALUE.byteSize() * at, value);
  }

  /** {@return byte offset of the values in the segment} */
  public long valuesAt() {
    return START.byteSize() * (rows + 1);
  }

  /** {@return byte offset of the columns in the segment} */
  public long columnsAt() {
    return valuesAt() + VALUE.byteSize() * nonZeros;
  }

  @Override
  public long bytes() {
    return bytesOf(rows, nonZeros);
  }

  @Override
  public double get(long row, long col) {
    long low = start(row);
    long high = start(row + 1) - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      int column = column(middle);
      if (column == col) {
        return value(middle);
      }
      if (column < col) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return 0;
  }

  /** A dense copy in the same precision. */
  @Override
  public DenseMatrix copyDense(Allocator allocator) {
    DenseMatrix dense = DenseMatrix.allocate(allocator, rows, cols, precision);
    dense.segment().asSlice(0, dense.bytes()).fill((byte) 0);
    for (long i = 0; i < rows; i++) {
      long end = start(i + 1);
      for (long at = start(i); at < end; at++) {
        dense.set(i, column(at), value(at));
      }
    }
    return dense;
  }

  /** {@return the same memory as a matrix of doubles} */
  public SparseMatrix widened() {
    return new SparseMatrix(rows, cols, Precision.FP64, nonZeros, buffer);
  }

  /**
   * Rounds the values to floats in place, in a matrix that nobody else reads yet. What becomes zero
   * is stored no longer.
   *
   * @return an fp32 matrix in the same memory, in place of this one
   */
  public SparseMatrix rounded() {
    MemorySegment cells = segment();
    long kept = 0;
    long from = 0;
    for (long i = 0; i < rows; i++) {
      long end = start(i + 1);
      for (long at = from; at < end; at++) {
        float value = (float) value(at);
        if (value != 0) {
          set(kept++, column(at), value);
        }
      }
      from = end;
      setStart(i + 1, kept);
    }
    SparseMatrix rounded = new SparseMatrix(rows, cols, Precision.FP32, kept, buffer);
    // The columns lie behind the values, and these have become fewer.
    MemorySegment.copy(cells, columnsAt(), cells, rounded.columnsAt(), COLUMN.byteSize() * kept);
    return rounded;
  }
}
