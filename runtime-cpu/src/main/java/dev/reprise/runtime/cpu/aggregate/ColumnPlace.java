package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.ColumnPlaces;
import java.util.Arrays;

/**
 * Finds the row of the largest cell of each column, or of the least: the last of equal ones; NaN is
 * neither. Rows are counted from the first one of a chunk, and from that of the matrix when chunks
 * are merged, so no two rows may {@linkplain ColumnScan#rowByRow count as one}.
 */
final class ColumnPlace extends ColumnFold {
  static final Start OF_LARGEST = new FastStart(width -> new ColumnPlace(width, 1));
  static final Start OF_LEAST = new FastStart(width -> new ColumnPlace(width, -1));

  /** 1 for the largest, -1 for the least. */
  private final int sign;

  /** Signed, so that the best is the largest. */
  private final double[] best;

  /** Rows from 1; 0 while there was none. */
  private final double[] places;

  private long rows;

  private ColumnPlace(int width, int sign) {
    this.sign = sign;
    best = new double[width];
    places = new double[width];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
  }

  @Override
  void row(double[] row) {
    rows++;
    for (int j = 0; j < best.length; j++) {
      double value = sign * row[j];
      if (value >= best[j]) {
        best[j] = value;
        places[j] = rows;
      }
    }
  }

  @Override
  boolean rows(DenseMatrix matrix, long at, long step, long count) {
    if (!CellFunction.areThere()) {
      return false;
    }
    int bytes = matrix.precision().bytesPerCell();
    long first = matrix.segment().address() + at * bytes;
    ColumnPlaces code = sign > 0 ? ColumnPlaces.OF_LARGEST : ColumnPlaces.OF_LEAST;
    code.run(matrix.precision(), first, step * bytes, count, best, places);
    for (int j = 0; sign < 0 && j < best.length; j++) {
      best[j] = -best[j];
    }
    rows = count;
    return true;
  }

  @Override
  void merge(ColumnFold later, int from) {
    ColumnPlace other = (ColumnPlace) later;
    for (int j = 0; j < best.length; j++) {
      double place = other.places[from + j];
      if (place > 0 && other.best[from + j] >= best[j]) {
        best[j] = other.best[from + j];
        places[j] = rows + place;
      }
    }
    rows += other.rows;
  }

  /** The first row where no cell is a number. */
  @Override
  double result(int j) {
    return Math.max(1, places[j]);
  }
}
