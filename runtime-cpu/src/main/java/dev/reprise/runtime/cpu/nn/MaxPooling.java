package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

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
    long target = outAt;
    for (int p = 0; p < windows.rows(); p++) {
      boolean any = windows.top()[p] < windows.bottom()[p];
      largestOfRows(windows, p, in, inAt, column);
      for (int q = 0; q < left.length; q++) {
        int from = left[q];
        int to = right[q];
        double largest = any && from < to ? column[from] : -Double.MAX_VALUE;
        for (int x = from + 1; any && x < to; x++) {
          largest = Math.max(largest, column[x]);
        }
        out.setAtIndex(JAVA_DOUBLE, target++, largest);
      }
    }
  }

  private static void largestOfRows(
      Windows windows, int p, MemorySegment in, long inAt, double[] column) {
    Arrays.fill(column, Double.NEGATIVE_INFINITY);
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      long row = inAt + (long) y * column.length;
      for (int x = 0; x < column.length; x++) {
        column[x] = Math.max(column[x], in.getAtIndex(JAVA_DOUBLE, row + x));
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
    int[] left = windows.left();
    int[] right = windows.right();
    double[] column = new double[windows.width()];
    int[] place = new int[windows.width()];
    long source = outAt;
    for (int p = 0; p < windows.rows(); p++) {
      placesOfLargest(windows, p, in, inAt, column, place);
      for (int q = 0; q < left.length; q++) {
        double gradient = dout.getAtIndex(JAVA_DOUBLE, source++);
        int best = left[q];
        double largest = best < right[q] ? column[best] : Double.NEGATIVE_INFINITY;
        for (int x = best + 1; x < right[q]; x++) {
          boolean better = column[x] > largest | (column[x] == largest & place[x] < place[best]);
          best = better ? x : best;
          largest = Math.max(largest, column[x]);
        }
        long cell =
            largest == Double.NEGATIVE_INFINITY
                ? firstInfinite(windows, p, q, in, inAt)
                : inAt + (long) place[best] * column.length + best;
        if (cell >= 0) {
          dx.setAtIndex(JAVA_DOUBLE, cell, dx.getAtIndex(JAVA_DOUBLE, cell) + gradient);
        }
      }
    }
  }

  /** Per column the largest cell under the windows of a row and its image row; NaN counts least. */
  private static void placesOfLargest(
      Windows windows, int p, MemorySegment in, long inAt, double[] column, int[] place) {
    Arrays.fill(column, Double.NEGATIVE_INFINITY);
    Arrays.fill(place, windows.top()[p]);
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      long row = inAt + (long) y * column.length;
      for (int x = 0; x < column.length; x++) {
        double cell = in.getAtIndex(JAVA_DOUBLE, row + x);
        double number = cell == cell ? cell : Double.NEGATIVE_INFINITY;
        place[x] = number > column[x] ? y : place[x];
        column[x] = Math.max(column[x], number);
      }
    }
  }

  /** The first cell of a window without finite numbers that is minus infinity, or -1. */
  private static long firstInfinite(Windows windows, int p, int q, MemorySegment in, long inAt) {
    for (long y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      for (int x = windows.left()[q]; x < windows.right()[q]; x++) {
        long cell = inAt + y * windows.width() + x;
        if (in.getAtIndex(JAVA_DOUBLE, cell) == Double.NEGATIVE_INFINITY) {
          return cell;
        }
      }
    }
    return -1;
  }
}
