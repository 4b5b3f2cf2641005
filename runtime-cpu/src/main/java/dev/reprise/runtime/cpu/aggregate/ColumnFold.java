package dev.reprise.runtime.cpu.aggregate;

import java.util.Arrays;

/**
 * Folds rows of equal width into one state per column. Stateless; the state array belongs to one
 * chunk of the work.
 */
abstract class ColumnFold {
  /** Rows that are handed over at once. */
  static final int ROWS = 16;

  /** The state before any row. */
  abstract double[] start(int width);

  /**
   * Adds the first {@code rows} rows of the block, which may be overwritten.
   *
   * @param firstCol column of the matrix that the block's first column is
   */
  abstract void add(double[] state, double[] block, int rows, int width, long firstCol);

  /** Adds the state of later rows: columns {@code from + j} of the other go to columns j. */
  abstract void merge(double[] state, int width, double[] other, int otherWidth, int from);

  /** The result of column j. */
  abstract double result(double[] state, int width, int j);

  /** A fold by one associative function. */
  abstract static class Plain extends ColumnFold {
    private final double neutral;

    Plain(double neutral) {
      this.neutral = neutral;
    }

    /** {@code state[j] = f(state[j], x[from + j])} for the first n columns. */
    abstract void fold(double[] state, double[] x, int from, int n);

    @Override
    final double[] start(int width) {
      double[] state = new double[width];
      Arrays.fill(state, neutral);
      return state;
    }

    @Override
    final void add(double[] state, double[] block, int rows, int width, long firstCol) {
      for (int row = 0; row < rows; row++) {
        fold(state, block, row * width, width);
      }
    }

    @Override
    final void merge(double[] state, int width, double[] other, int otherWidth, int from) {
      fold(state, other, from, width);
    }

    @Override
    final double result(double[] state, int width, int j) {
      return state[j];
    }
  }

  /** Smallest per column. */
  static final class Min extends Plain {
    Min() {
      super(Double.POSITIVE_INFINITY);
    }

    @Override
    void fold(double[] state, double[] x, int from, int n) {
      for (int j = 0; j < n; j++) {
        state[j] = Math.min(state[j], x[from + j]);
      }
    }
  }

  /** Largest per column. */
  static final class Max extends Plain {
    Max() {
      super(Double.NEGATIVE_INFINITY);
    }

    @Override
    void fold(double[] state, double[] x, int from, int n) {
      for (int j = 0; j < n; j++) {
        state[j] = Math.max(state[j], x[from + j]);
      }
    }
  }

  /** Product per column. */
  static final class Product extends Plain {
    Product() {
      super(1);
    }

    @Override
    void fold(double[] state, double[] x, int from, int n) {
      for (int j = 0; j < n; j++) {
        state[j] *= x[from + j];
      }
    }
  }

  /**
   * Sum per column. Sixteen rows are added plainly, these sums with compensation; the error is at
   * most 18 u times the sum of the absolute values (u = 2^-53). State: sums, then corrections.
   */
  static class Sum extends ColumnFold {
    @Override
    final double[] start(int width) {
      return new double[2 * width];
    }

    @Override
    void add(double[] state, double[] block, int rows, int width, long firstCol) {
      for (int row = 1; row < rows; row++) {
        int from = row * width;
        for (int j = 0; j < width; j++) {
          block[j] += block[from + j];
        }
      }
      compensated(state, width, block, 0);
    }

    @Override
    final void merge(double[] state, int width, double[] other, int otherWidth, int from) {
      compensated(state, width, other, from);
      for (int j = 0; j < width; j++) {
        state[width + j] += other[otherWidth + from + j];
      }
    }

    private static void compensated(double[] state, int width, double[] x, int from) {
      for (int j = 0; j < width; j++) {
        double sum = state[j];
        double value = x[from + j];
        double next = sum + value;
        double part = next - sum;
        state[width + j] += (sum - (next - part)) + (value - part);
        state[j] = next;
      }
    }

    @Override
    final double result(double[] state, int width, int j) {
      double corrected = state[j] + state[width + j];
      return Double.isFinite(corrected) ? corrected : state[j];
    }
  }

  /** Sum per column of squared distances from a center per column. */
  static final class Squares extends Sum {
    private final double[] centers;

    /**
     * Folds around these centers.
     *
     * @param centers one per column of the matrix, repeated when several rows are folded as one
     */
    Squares(double[] centers) {
      this.centers = centers;
    }

    @Override
    void add(double[] state, double[] block, int rows, int width, long firstCol) {
      int first = (int) firstCol;
      for (int row = 0; row < rows; row++) {
        int from = row * width;
        for (int j = 0; j < width; j++) {
          double distance = block[from + j] - centers[first + j];
          block[from + j] = distance * distance;
        }
      }
      super.add(state, block, rows, width, firstCol);
    }
  }
}
