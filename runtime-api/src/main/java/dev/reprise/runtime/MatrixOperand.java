package dev.reprise.runtime;

/**
 * A matrix in host memory as a kernel sees it: dense, or compressed by rows. Which of the two a
 * value is follows from its operation and operands alone; scripts cannot tell.
 */
public sealed interface MatrixOperand extends Operand permits DenseMatrix, SparseMatrix {

  /** {@return the number of rows, may be 0} */
  long rows();

  /** {@return the number of columns, may be 0} */
  long cols();

  /** {@return the width to which cells are rounded} */
  Precision precision();

  /** {@return the cells' memory; the matrix's holder owns it} */
  Buffer buffer();

  /** {@return bytes of memory that the cells occupy} */
  long bytes();

  /**
   * A cell; for tests and slow paths. Positions are not checked.
   *
   * @param row zero-based
   * @param col zero-based
   * @return the cell, of fp32 widened
   */
  double get(long row, long col);

  /** {@return rows and columns} */
  default Shape shape() {
    return new Shape(rows(), cols());
  }

  /** {@return the number of cells} */
  default long cells() {
    return rows() * cols();
  }

  /**
   * The same cells as a dense matrix.
   *
   * @param allocator source of the new matrix's memory
   * @return a matrix of the same precision that the caller owns
   * @throws ResourceException when there is no memory for it
   */
  DenseMatrix copyDense(Allocator allocator);
}
