package dev.reprise.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A dense matrix in host memory, row-major without gaps. The holder of the matrix owns its buffer;
 * kernels must not release buffers of their inputs.
 *
 * @param rows number of rows, may be 0
 * @param cols number of columns, may be 0
 * @param precision width of a cell
 * @param buffer the cells
 */
public record DenseMatrix(long rows, long cols, Precision precision, Buffer buffer)
    implements MatrixOperand {

  /**
   * Allocates an fp64 matrix with undefined cells.
   *
   * @param allocator source of the matrix's memory
   * @param rows number of rows
   * @param cols number of columns
   * @return a matrix that the caller owns
   * @throws ResourceException when there is no memory for it
   */
  public static DenseMatrix allocate(Allocator allocator, long rows, long cols) {
    return allocate(allocator, rows, cols, Precision.FP64);
  }

  /**
   * Allocates a matrix with undefined cells.
   *
   * @param allocator source of the matrix's memory
   * @param rows number of rows
   * @param cols number of columns
   * @param precision width of a cell
   * @return a matrix that the caller owns
   * @throws ResourceException when there is no memory for it
   */
  public static DenseMatrix allocate(
      Allocator allocator, long rows, long cols, Precision precision) {
    return new DenseMatrix(
        rows, cols, precision, allocator.allocate(bytesOf(rows, cols, precision)));
  }

  /**
   * Bytes of a matrix.
   *
   * @param rows number of rows
   * @param cols number of columns
   * @param precision width of a cell
   * @return bytes; saturates so that absurd shapes fail in the allocator, not by overflow
   */
  public static long bytesOf(long rows, long cols, Precision precision) {
    long cells = new Shape(rows, cols).cells();
    int width = precision.bytesPerCell();
    return cells > Long.MAX_VALUE / width ? Long.MAX_VALUE : cells * width;
  }

  /** {@return the memory of the cells, at least as long as they are} */
  public MemorySegment segment() {
    return buffer.segment();
  }

  @Override
  public long bytes() {
    return bytesOf(rows, cols, precision);
  }

  @Override
  public double get(long row, long col) {
    long at = row * cols + col;
    return precision == Precision.FP64
        ? segment().getAtIndex(ValueLayout.JAVA_DOUBLE, at)
        : segment().getAtIndex(ValueLayout.JAVA_FLOAT, at);
  }

  /**
   * Sets a cell of a matrix that nobody else reads yet.
   *
   * @param row zero-based
   * @param col zero-based
   * @param value rounded to the precision
   */
  public void set(long row, long col, double value) {
    long at = row * cols + col;
    if (precision == Precision.FP64) {
      segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
    } else {
      segment().setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
    }
  }

  /** A copy in the same precision. */
  @Override
  public DenseMatrix copyDense(Allocator allocator) {
    DenseMatrix copy = allocate(allocator, rows, cols, precision);
    MemorySegment.copy(segment(), 0, copy.segment(), 0, bytes());
    return copy;
  }

  /**
   * The same cells in another width, rounded to nearest, in memory of their own.
   *
   * @param to the other width
   * @param allocator source of the new matrix's memory
   * @return a matrix that the caller owns
   * @throws ResourceException when there is no memory for it
   */
  public DenseMatrix converted(Precision to, Allocator allocator) {
    if (to == precision) {
      return copyDense(allocator);
    }
    DenseMatrix copy = allocate(allocator, rows, cols, to);
    if (to == Precision.FP64) {
      widen(segment(), 0, copy.segment(), 0, cells());
    } else {
      narrow(segment(), 0, copy.segment(), 0, cells());
    }
    return copy;
  }

  /**
   * Turns floats into doubles.
   *
   * @param floats cells of four bytes
   * @param from the first of them to read, in cells
   * @param doubles cells of eight bytes
   * @param to the first of them to write, in cells
   * @param n how many
   */
  public static void widen(
      MemorySegment floats, long from, MemorySegment doubles, long to, long n) {
    for (long i = 0; i < n; i++) {
      doubles.setAtIndex(
          ValueLayout.JAVA_DOUBLE, to + i, floats.getAtIndex(ValueLayout.JAVA_FLOAT, from + i));
    }
  }

  /**
   * Rounds doubles to floats.
   *
   * @param doubles cells of eight bytes
   * @param from the first of them to read, in cells
   * @param floats cells of four bytes
   * @param to the first of them to write, in cells
   * @param n how many
   */
  public static void narrow(
      MemorySegment doubles, long from, MemorySegment floats, long to, long n) {
    for (long i = 0; i < n; i++) {
      floats.setAtIndex(
          ValueLayout.JAVA_FLOAT,
          to + i,
          (float) doubles.getAtIndex(ValueLayout.JAVA_DOUBLE, from + i));
    }
  }
}
