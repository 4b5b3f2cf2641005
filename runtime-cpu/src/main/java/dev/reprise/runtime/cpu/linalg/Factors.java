package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.operation.Operation;

/**
 * The operands of a product C = op(A) op(B), where op transposes a matrix that is given as its
 * transpose.
 *
 * @param ta whether A is
 * @param tb whether B is
 */
record Factors(DenseMatrix a, boolean ta, DenseMatrix b, boolean tb) {
  /** Those of a {@code matmul}. */
  static Factors of(Operation operation, DenseMatrix a, DenseMatrix b) {
    return new Factors(
        a, operation.attributes().isSet("ta"), b, operation.attributes().isSet("tb"));
  }

  /** The shape of op(A). */
  Shape left() {
    return ta ? a.shape().transposed() : a.shape();
  }

  /** The shape of op(B). */
  Shape right() {
    return tb ? b.shape().transposed() : b.shape();
  }

  /** Whether op(A) has as many columns as op(B) has rows. */
  boolean match() {
    return terms() == (tb ? b.cols() : b.rows());
  }

  /** Rows of C. */
  long rows() {
    return ta ? a.cols() : a.rows();
  }

  /** Columns of C. */
  long cols() {
    return tb ? b.rows() : b.cols();
  }

  /** Terms of a sum: columns of op(A). */
  long terms() {
    return ta ? a.rows() : a.cols();
  }

  Precision precision() {
    return a.precision();
  }

  /** op(A) from a row and a term on, as it lies in memory. */
  Blas.Block leftAt(long row, long term) {
    return ta ? Blocks.at(a, term, row) : Blocks.at(a, row, term);
  }

  /** op(B) from a term and a column on, as it lies in memory. */
  Blas.Block rightAt(long term, long col) {
    return tb ? Blocks.at(b, col, term) : Blocks.at(b, term, col);
  }
}
