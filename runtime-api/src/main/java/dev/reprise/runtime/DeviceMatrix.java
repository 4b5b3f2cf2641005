package dev.reprise.runtime;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * A dense matrix in the memory of an accelerator, row-major without gaps. The holder owns the
 * buffer; kernels must not release buffers of their inputs.
 *
 * @param rows number of rows, may be 0
 * @param cols number of columns, may be 0
 * @param precision width of a cell
 * @param buffer the cells; null in a description, which says what an operand would look like
 */
public record DeviceMatrix(long rows, long cols, Precision precision, DeviceBuffer buffer)
    implements DeviceOperand {

  /**
   * What an operand looks like, without cells: for asking whether an operation is supported.
   *
   * @param shape rows and columns
   * @param precision width of a cell
   * @return a description, which has no buffer
   */
  public static DeviceMatrix described(Shape shape, Precision precision) {
    return new DeviceMatrix(shape.rows(), shape.cols(), precision, null);
  }

  /** {@return rows and columns} */
  public Shape shape() {
    return new Shape(rows, cols);
  }

  /** {@return the number of cells} */
  public long cells() {
    return rows * cols;
  }

  /** {@return bytes of the cells; saturates like {@link DenseMatrix#bytesOf}} */
  public long bytes() {
    return DenseMatrix.bytesOf(rows, cols, precision);
  }
}
