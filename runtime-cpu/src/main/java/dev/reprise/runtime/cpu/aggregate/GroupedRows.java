package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.CellReader;

/**
 * Numbers of rows with the groups and the weights of these, brought piece by piece each time that
 * somebody goes through them. For one thread.
 *
 * @param numbers one per row
 * @param groups numbered from 1; fractions are cut off
 * @param weights how often each row counts, or null for once
 * @param count how many rows
 */
record GroupedRows(CellReader numbers, CellReader groups, CellReader weights, int count) {
  /** Rows of a piece: so few that what adds them is called often, hence soon compiled. */
  static final int PIECE = 256;

  /** Takes the first rows of arrays, of which it may change those of numbers. */
  @FunctionalInterface
  interface PieceBody {
    /**
     * Takes a piece.
     *
     * @param group zero-based
     * @param weights null for ones
     */
    void rows(double[] numbers, int[] group, double[] weights, int count);
  }

  /** Goes through all rows, whose groups have been checked. */
  void forEachPiece(PieceBody body) {
    double[] x = new double[PIECE];
    double[] g = new double[PIECE];
    double[] w = weights == null ? null : new double[PIECE];
    int[] group = new int[PIECE];
    for (long i = 0; i < count; i += PIECE) {
      int n = (int) Math.min(PIECE, count - i);
      numbers.read(i, x, n);
      groups.read(i, g, n);
      if (w != null) {
        weights.read(i, w, n);
      }
      number(g, n, group);
      body.rows(x, group, w, n);
    }
  }

  private static void number(double[] groups, int count, int[] numbers) {
    for (int i = 0; i < count; i++) {
      numbers[i] = (int) groups[i] - 1;
    }
  }

  /** The largest group, NaN if any is; 0 without rows. */
  double largest() {
    double[] g = new double[PIECE];
    double largest = count == 0 ? 0 : Double.NEGATIVE_INFINITY;
    for (long i = 0; i < count; i += PIECE) {
      int n = (int) Math.min(PIECE, count - i);
      groups.read(i, g, n);
      largest = Math.max(largest, largest(g, n));
    }
    return largest;
  }

  private static double largest(double[] groups, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      if (!(groups[i] <= largest)) {
        largest = groups[i];
        if (Double.isNaN(largest)) {
          return largest;
        }
      }
    }
    return largest;
  }

  /** Throws if any group is below 1. */
  void check() {
    double[] g = new double[PIECE];
    for (long i = 0; i < count; i += PIECE) {
      int n = (int) Math.min(PIECE, count - i);
      groups.read(i, g, n);
      check(g, n, i);
    }
  }

  private static void check(double[] groups, int count, long first) {
    for (int i = 0; i < count; i++) {
      if (!(groups[i] >= 1)) {
        throw new OperandException(
            "groups are numbered from 1, but row " + (first + i + 1) + " has group " + groups[i]);
      }
    }
  }
}
