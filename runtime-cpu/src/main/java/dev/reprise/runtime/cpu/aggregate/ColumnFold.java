package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.ColumnExtremes;
import dev.reprise.runtime.cpu.code.ColumnProducts;
import dev.reprise.runtime.cpu.code.ColumnSums;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Folds rows of equal width into one result per column. One instance holds the state of one chunk
 * of rows and belongs to one thread at a time.
 *
 * <p>All loops run from index 0 over arrays of their own: with an offset into an array the compiler
 * cannot tell that two accesses are apart and makes no vector code.
 */
abstract class ColumnFold {
  /** After so many rows a fold is flushed. */
  static final int FLUSH_ROWS = ColumnSums.GROUP_ROWS;

  /** Makes the fold of a chunk. */
  @FunctionalInterface
  interface Start {
    /**
     * An empty fold.
     *
     * @param firstCol column of the matrix that column 0 of the fold is
     */
    ColumnFold of(int width, long firstCol);

    /** Whether its folds take the rows of a source {@linkplain #rows by themselves}. */
    default boolean isFast(CellSource source) {
      return false;
    }
  }

  /** Adds one row; the array may be overwritten. */
  abstract void row(double[] row);

  /** Called after every {@value #FLUSH_ROWS} rows and at the end. */
  void flush() {}

  /**
   * Adds rows of a matrix to an empty fold and flushes it.
   *
   * @param at first cell of the first row
   * @param step cells from a row to the next
   * @return false when that is to be done row by row
   */
  boolean rows(DenseMatrix matrix, long at, long step, long rows) {
    return false;
  }

  /**
   * Adds a flushed fold of later rows. Takes its columns from {@code from} on, as many as there are
   * here.
   */
  abstract void merge(ColumnFold later, int from);

  /** The result of column j of a flushed fold. */
  abstract double result(int j);

  /** A fold by one associative function. */
  abstract static class Plain extends ColumnFold {
    final double[] state;

    Plain(int width, double neutral) {
      state = new double[width];
      Arrays.fill(state, neutral);
    }

    @Override
    final void merge(ColumnFold later, int from) {
      row(Arrays.copyOfRange(((Plain) later).state, from, from + state.length));
    }

    @Override
    final double result(int j) {
      return state[j];
    }
  }

  /** Those whose folds take rows by machine code, where there is some. */
  record FastStart(IntFunction<ColumnFold> folds) implements Start {
    @Override
    public ColumnFold of(int width, long firstCol) {
      return folds.apply(width);
    }

    @Override
    public boolean isFast(CellSource source) {
      return isInPlace(source);
    }
  }

  private static boolean isInPlace(CellSource source) {
    return source instanceof CellSource.Stored && CellFunction.areThere();
  }

  /** An extreme per column; machine code refuses columns with a cell that is no number. */
  abstract static class Extreme extends Plain {
    private final ColumnExtremes code;

    Extreme(int width, double neutral, ColumnExtremes code) {
      super(width, neutral);
      this.code = code;
    }

    @Override
    final boolean rows(DenseMatrix matrix, long at, long step, long rows) {
      if (!CellFunction.areThere()) {
        return false;
      }
      int bytes = matrix.precision().bytesPerCell();
      double[] extremes = new double[state.length];
      long first = matrix.segment().address() + at * bytes;
      boolean isKnown = code.run(matrix.precision(), first, step * bytes, rows, extremes);
      if (isKnown) {
        System.arraycopy(extremes, 0, state, 0, extremes.length);
      }
      return isKnown;
    }
  }

  /** Smallest per column. */
  static final class Min extends Extreme {
    static final Start START = new FastStart(Min::new);

    Min(int width) {
      super(width, Double.POSITIVE_INFINITY, ColumnExtremes.LEAST);
    }

    @Override
    void row(double[] row) {
      for (int j = 0; j < state.length; j++) {
        state[j] = Math.min(state[j], row[j]);
      }
    }
  }

  /** Largest per column. */
  static final class Max extends Extreme {
    static final Start START = new FastStart(Max::new);

    Max(int width) {
      super(width, Double.NEGATIVE_INFINITY, ColumnExtremes.LARGEST);
    }

    @Override
    void row(double[] row) {
      for (int j = 0; j < state.length; j++) {
        state[j] = Math.max(state[j], row[j]);
      }
    }
  }

  /** Product per column. */
  static final class Product extends Plain {
    static final Start START = new FastStart(Product::new);

    Product(int width) {
      super(width, 1);
    }

    @Override
    boolean rows(DenseMatrix matrix, long at, long step, long rows) {
      if (!CellFunction.areThere()) {
        return false;
      }
      int bytes = matrix.precision().bytesPerCell();
      long first = matrix.segment().address() + at * bytes;
      ColumnProducts.run(matrix.precision(), first, step * bytes, rows, state);
      return true;
    }

    @Override
    void row(double[] row) {
      for (int j = 0; j < state.length; j++) {
        state[j] *= row[j];
      }
    }
  }

  /**
   * Sum per column. Sixteen rows are added plainly, these sums with compensation; the error is at
   * most 18 u times the sum of the absolute values (u = 2^-53).
   */
  static class Sum extends ColumnFold {
    static final Start START = new FastStart(Sum::new);

    private final double[] sums;
    private final double[] lost;
    private final double[] recent;

    Sum(int width) {
      sums = new double[width];
      lost = new double[width];
      recent = new double[width];
    }

    @Override
    void row(double[] row) {
      add(recent, row);
    }

    @Override
    final boolean rows(DenseMatrix matrix, long at, long step, long rows) {
      if (!CellFunction.areThere()) {
        return false;
      }
      int bytes = matrix.precision().bytesPerCell();
      ColumnSums code = code(matrix.precision());
      code.add(matrix.segment().address() + at * bytes, step * bytes, rows);
      code.get(sums, lost);
      return true;
    }

    ColumnSums code(Precision precision) {
      return new ColumnSums(precision, sums.length);
    }

    private static void add(double[] recent, double[] row) {
      for (int j = 0; j < recent.length; j++) {
        recent[j] += row[j];
      }
    }

    @Override
    final void flush() {
      compensated(sums, lost, recent);
      Arrays.fill(recent, 0);
    }

    private static void compensated(double[] sums, double[] lost, double[] values) {
      for (int j = 0; j < sums.length; j++) {
        double sum = sums[j];
        double value = values[j];
        double next = sum + value;
        double part = next - sum;
        lost[j] += (sum - (next - part)) + (value - part);
        sums[j] = next;
      }
    }

    @Override
    final void merge(ColumnFold later, int from) {
      Sum other = (Sum) later;
      compensated(sums, lost, Arrays.copyOfRange(other.sums, from, from + sums.length));
      add(lost, Arrays.copyOfRange(other.lost, from, from + sums.length));
    }

    @Override
    final double result(int j) {
      double corrected = sums[j] + lost[j];
      return Double.isFinite(corrected) ? corrected : sums[j];
    }
  }

  /** Sum per column of squared distances from a center per column. */
  static final class Squares extends Sum {
    private final double[] centers;

    Squares(double[] centers) {
      super(centers.length);
      this.centers = centers;
    }

    /**
     * The folds of a matrix.
     *
     * @param centers by column of the matrix that is folded
     */
    static Start around(double[] centers) {
      return new Start() {
        @Override
        public ColumnFold of(int width, long firstCol) {
          int first = (int) firstCol;
          return new Squares(Arrays.copyOfRange(centers, first, first + width));
        }

        @Override
        public boolean isFast(CellSource source) {
          return isInPlace(source);
        }
      };
    }

    @Override
    ColumnSums code(Precision precision) {
      return ColumnSums.ofSquares(precision, centers);
    }

    @Override
    void row(double[] row) {
      square(row, centers);
      super.row(row);
    }

    private static void square(double[] row, double[] centers) {
      for (int j = 0; j < centers.length; j++) {
        double distance = row[j] - centers[j];
        row[j] = distance * distance;
      }
    }
  }
}
