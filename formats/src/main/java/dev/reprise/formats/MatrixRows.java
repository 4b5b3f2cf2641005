package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The rows of a matrix in any form, one after another, as doubles. One thread; the array is the
 * same for all rows.
 */
public final class MatrixRows {
  private final MatrixOperand matrix;
  private final double[] cells;

  public MatrixRows(MatrixOperand matrix) {
    this.matrix = matrix;
    this.cells = new double[Math.toIntExact(matrix.cols())];
  }

  /** The cells of one row, zero-based; valid until the next call. */
  public double[] row(long r) {
    if (matrix instanceof SparseMatrix sparse) {
      Arrays.fill(cells, 0);
      long end = sparse.start(r + 1);
      for (long at = sparse.start(r); at < end; at++) {
        cells[sparse.column(at)] = sparse.value(at);
      }
      return cells;
    }
    DenseMatrix dense = (DenseMatrix) matrix;
    if (dense.precision() == Precision.FP64) {
      long from = r * cells.length * Double.BYTES;
      MemorySegment.copy(dense.segment(), ValueLayout.JAVA_DOUBLE, from, cells, 0, cells.length);
    } else {
      for (int c = 0; c < cells.length; c++) {
        cells[c] = dense.get(r, c);
      }
    }
    return cells;
  }

  /** Cells that are not zero; NaN counts, negative zero does not. */
  static long nonZeros(MatrixOperand matrix) {
    if (matrix instanceof SparseMatrix sparse) {
      return sparse.nonZeros();
    }
    MatrixRows rows = new MatrixRows(matrix);
    long count = 0;
    for (long r = 0; r < matrix.rows(); r++) {
      for (double cell : rows.row(r)) {
        count += cell != 0 ? 1 : 0;
      }
    }
    return count;
  }
}
