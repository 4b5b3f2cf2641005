package dev.reprise.runtime;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * A matrix compressed by rows (CSR) in the memory of an accelerator: the same bytes as a {@link
 * SparseMatrix} has on the host, so that copies between the two are plain ones. Row starts have 64
 * bits, columns 32; a library that wants narrower starts gets them as scratch where they fit. The
 * holder owns the buffer; kernels must not release buffers of their inputs.
 *
 * @param rows number of rows, may be 0
 * @param cols number of columns, less than 2^31
 * @param precision the width to which values are rounded; they take eight bytes in either
 * @param nonZeros number of stored values
 * @param buffer row starts, values, columns; null in a description, which says what an operand
 *     would look like
 */
public record DeviceSparse(
    long rows, long cols, Precision precision, long nonZeros, DeviceBuffer buffer)
    implements DeviceOperand {

  /**
   * What an operand looks like, without values: for asking whether an operation is supported.
   *
   * @param shape rows and columns
   * @param precision width of a cell
   * @param nonZeros number of stored values
   * @return a description, which has no buffer
   */
  public static DeviceSparse described(Shape shape, Precision precision, long nonZeros) {
    return new DeviceSparse(shape.rows(), shape.cols(), precision, nonZeros, null);
  }

  /** {@return rows and columns} */
  public Shape shape() {
    return new Shape(rows, cols);
  }

  /** {@return the number of cells, stored or not} */
  public long cells() {
    return shape().cells();
  }

  /** {@return bytes of the compressed form} */
  public long bytes() {
    return SparseMatrix.bytesOf(rows, nonZeros);
  }
}
