package dev.reprise.runtime;

/**
 * A matrix in host memory as a kernel sees it: dense, or compressed by rows. Which of the two a
 * value is follows from its operation and operands alone; scripts cannot tell.
 */
public sealed interface MatrixOperand extends Operand permits DenseMatrix, SparseMatrix {

  /** Number of rows, may be 0. */
  long rows();

  /** Number of columns, may be 0. */
  long cols();

  /** The width to which cells are rounded. */
  Precision precision();

  /** The cells' memory; its holder owns it. */
  Buffer buffer();

  /** Bytes of memory that the cells occupy. */
  long bytes();

  /** Cell at zero-based (row, col); for tests and slow paths. */
  double get(long row, long col);

  default Shape shape() {
    return new Shape(rows(), cols());
  }

  default long cells() {
    return rows() * cols();
  }

  /**
   * The same cells as a dense matrix that the caller owns.
   *
   * @param allocator source of the new matrix's memory
   */
  DenseMatrix copyDense(Allocator allocator);
}
