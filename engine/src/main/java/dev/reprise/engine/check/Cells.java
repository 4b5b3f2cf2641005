package dev.reprise.engine.check;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import java.util.function.DoublePredicate;

/** Looks through the cells of matrices, for checks; one pass in row order. */
final class Cells {
  private Cells() {}

  /** A cell's place; prints as scripts index it, from one. */
  record Index(long row, long col) {
    @Override
    public String toString() {
      return "[" + (row + 1) + "," + (col + 1) + "]";
    }
  }

  /**
   * The first cell that the predicate holds for, or null. Cells that a compressed matrix does not
   * store are zeros, for which it must not hold.
   */
  static Index first(MatrixOperand matrix, DoublePredicate predicate) {
    return switch (matrix) {
      case DenseMatrix dense -> first(dense, predicate);
      case SparseMatrix sparse -> first(sparse, predicate);
    };
  }

  private static Index first(DenseMatrix matrix, DoublePredicate predicate) {
    for (long row = 0; row < matrix.rows(); row++) {
      for (long col = 0; col < matrix.cols(); col++) {
        if (predicate.test(matrix.get(row, col))) {
          return new Index(row, col);
        }
      }
    }
    return null;
  }

  private static Index first(SparseMatrix matrix, DoublePredicate predicate) {
    for (long row = 0; row < matrix.rows(); row++) {
      long end = matrix.start(row + 1);
      for (long at = matrix.start(row); at < end; at++) {
        if (predicate.test(matrix.value(at))) {
          return new Index(row, matrix.column(at));
        }
      }
    }
    return null;
  }
}
