package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import java.lang.foreign.ValueLayout;

/** Cells of matrices of either precision. */
final class MatrixCells {
  private MatrixCells() {}

  /** The cell at zero-based (row, col), widened exactly. */
  static double get(DenseMatrix matrix, long row, long col) {
    return matrix.precision() == Precision.FP64
        ? matrix.get(row, col)
        : matrix.segment().getAtIndex(ValueLayout.JAVA_FLOAT, row * matrix.cols() + col);
  }

  /** Cells that are not zero; NaN counts, negative zero does not. */
  static long nonZeros(DenseMatrix matrix) {
    long count = 0;
    for (long r = 0; r < matrix.rows(); r++) {
      for (long c = 0; c < matrix.cols(); c++) {
        count += get(matrix, r, c) != 0 ? 1 : 0;
      }
    }
    return count;
  }
}
