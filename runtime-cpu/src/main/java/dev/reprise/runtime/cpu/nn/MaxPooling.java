package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.cpu.code.WindowFolds;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code max_pool}: the largest cell under the window; the padding does not count. A window that
 * sees nothing but padding gives the lowest finite number.
 *
 * <p>Both ways first find the largest cell of each column under the windows of an output row, and
 * then the largest of a window's columns, without branches that depend on the cells.
 */
final class MaxPooling implements Pooling {
  private static final int NO_ROW = -1;

  @Override
  public WindowFolds folds() {
    return WindowFolds.LARGEST;
  }

  @Override
  public WindowFolds gradientFolds() {
    return WindowFolds.LARGEST_GRADIENTS;
  }

  @Override
  public void forward(Windows windows, MemorySegment in, long inAt, MemorySegment out, long outAt) {
    int[] left = windows.left();
    int[] right = windows.right();
    double[] column = new double[windows.width()];
    double[] row = new double[windows.width()];
    double[] pooled = new double[windows.cols()];
    for (int p = 0; p < windows.rows(); p++) {
      boolean any = windows.top()[p] < windows.bottom()[p];
      largestOfRows(windows, p, in, inAt, column, row);
      for (int q = 0; q < pooled.length; q++) {
        int from = left[q];
        int to = right[q];
        double largest = any && from < to ? column[from] : -Double.MAX_VALUE;
        for (int x = from + 1; any && x < to; x++) {
          largest = Math.max(largest, column[x]);
        }
        pooled[q] = largest;
      }
      windows.storeOutput(pooled, p, out, outAt);
    }
  }

  private static void largestOfRows(
      Windows windows, int p, MemorySegment in, long inAt, double[] column, double[] row) {
    Arrays.fill(column, Double.NEGATIVE_INFINITY);
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      windows.loadRow(in, inAt, y, row);
      for (int x = 0; x < column.length; x++) {
        column[x] = Math.max(column[x], row[x]);
      }
    }
  }

  /**
   * Each window's gradient goes to its largest cell, of equal ones the first by rows; a cell that
   * is not a number is passed over.
   */
  @Override
  public void backward(
      Windows windows,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt) {
    double[] column = new double[windows.width()];
    int[] place = new int[windows.width()];
    double[] row = new double[windows.width()];
    double[] gradients = new double[windows.cols()];
    int[] bestRow = new int[windows.cols()];
    int[] best = new int[windows.cols()];
    for (int p = 0; p < windows.rows(); p++) {
      windows.loadOutput(dout, outAt, p, gradients);
      placesOfLargest(windows, p, in, inAt, column, place, row);
      boolean found = chooseColumns(windows, column, place, best, bestRow);
      if (!found) {
        chooseInfinite(windows, p, in, inAt, best, bestRow, row);
      }
      for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
        windows.loadRow(dx, inAt, y, row);
        for (int q = 0; q < gradients.length; q++) {
          if (bestRow[q] == y) {
            row[best[q]] += gradients[q];
          }
        }
        windows.storeRow(row, y, dx, inAt);
      }
    }
  }

  /** Per column the largest cell under the windows of a row and its image row; NaN counts least. */
  private static void placesOfLargest(
      Windows windows,
      int p,
      MemorySegment in,
      long inAt,
      double[] column,
      int[] place,
      double[] row) {
    Arrays.fill(column, Double.NEGATIVE_INFINITY);
    Arrays.fill(place, windows.top()[p]);
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      windows.loadRow(in, inAt, y, row);
      for (int x = 0; x < column.length; x++) {
        double cell = row[x];
        double number = cell == cell ? cell : Double.NEGATIVE_INFINITY;
        place[x] = number > column[x] ? y : place[x];
        column[x] = Math.max(column[x], number);
      }
    }
  }

  /**
   * The column of each window's largest cell, and its row: of none that is larger than minus
   * infinity {@link #NO_ROW}.
   *
   * @return whether all have one
   */
  private static boolean chooseColumns(
      Windows windows, double[] column, int[] place, int[] best, int[] bestRow) {
    boolean all = true;
    for (int q = 0; q < best.length; q++) {
      int at = windows.left()[q];
      int to = windows.right()[q];
      double largest = at < to ? column[at] : Double.NEGATIVE_INFINITY;
      for (int x = at + 1; x < to; x++) {
        boolean better = column[x] > largest | (column[x] == largest & place[x] < place[at]);
        at = better ? x : at;
        largest = Math.max(largest, column[x]);
      }
      boolean any = largest > Double.NEGATIVE_INFINITY;
      best[q] = at;
      bestRow[q] = any ? place[at] : NO_ROW;
      all &= any;
    }
    return all;
  }

  /** Of windows without a row the first cell that is minus infinity, if there is one. */
  private static void chooseInfinite(
      Windows windows,
      int p,
      MemorySegment in,
      long inAt,
      int[] best,
      int[] bestRow,
      double[] row) {
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      windows.loadRow(in, inAt, y, row);
      for (int q = 0; q < best.length; q++) {
        for (int x = windows.left()[q]; bestRow[q] == NO_ROW && x < windows.right()[q]; x++) {
          if (row[x] == Double.NEGATIVE_INFINITY) {
            best[q] = x;
            bestRow[q] = y;
          }
        }
      }
    }
  }
}
