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
    implements Operand {

  /** Allocates an fp64 matrix with undefined cells. */
  public static DenseMatrix allocate(Allocator allocator, long rows, long cols) {
    return new DenseMatrix(
        rows, cols, Precision.FP64, allocator.allocate(bytesOf(rows, cols, Precision.FP64)));
  }

  /** Bytes of a matrix; saturates so that absurd shapes fail in the allocator, not by overflow. */
  public static long bytesOf(long rows, long cols, Precision precision) {
    long cells = new Shape(rows, cols).cells();
    int width = precision.bytesPerCell();
    return cells > Long.MAX_VALUE / width ? Long.MAX_VALUE : cells * width;
  }

  public MemorySegment segment() {
    return buffer.segment();
  }

  public Shape shape() {
    return new Shape(rows, cols);
  }

  public long cells() {
    return rows * cols;
  }

  public long bytes() {
    return bytesOf(rows, cols, precision);
  }

  /** Cell at zero-based (row, col) of an fp64 matrix; for tests and slow paths. */
  public double get(long row, long col) {
    return segment().getAtIndex(ValueLayout.JAVA_DOUBLE, row * cols + col);
  }

  /** Sets the cell at zero-based (row, col) of an fp64 matrix that nobody else reads yet. */
  public void set(long row, long col, double value) {
    segment().setAtIndex(ValueLayout.JAVA_DOUBLE, row * cols + col, value);
  }
}
