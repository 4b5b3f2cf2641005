package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.operation.WindowShape;
import java.util.Arrays;

/**
 * Poolings of one channel of doubles, window by window and cell by cell: what kernels are compared
 * with, bit by bit.
 */
record PooledWindows(WindowShape shape, double[] cells) {

  private int top(int p) {
    return Math.max(0, p * shape.strideHeight() - shape.padHeight());
  }

  private int bottom(int p) {
    int end = p * shape.strideHeight() - shape.padHeight() + shape.filterHeight();
    return Math.min(shape.height(), end);
  }

  private int left(int q) {
    return Math.max(0, q * shape.strideWidth() - shape.padWidth());
  }

  private int right(int q) {
    int end = q * shape.strideWidth() - shape.padWidth() + shape.filterWidth();
    return Math.min(shape.width(), end);
  }

  /** What a window becomes. */
  private interface Window {
    double of(int p, int q);
  }

  private double[] forWindows(Window window) {
    double[] found = new double[(int) shape.outCells()];
    for (int p = 0; p < shape.outHeight(); p++) {
      for (int q = 0; q < shape.outWidth(); q++) {
        found[p * shape.outWidth() + q] = window.of(p, q);
      }
    }
    return found;
  }

  double[] largest() {
    return forWindows((p, q) -> {
      boolean isEmpty = top(p) >= bottom(p) || left(q) >= right(q);
      double most = isEmpty ? -Double.MAX_VALUE : Double.NEGATIVE_INFINITY;
      for (int y = top(p); y < bottom(p); y++) {
        for (int x = left(q); x < right(q); x++) {
          most = Math.max(most, cells[y * shape.width() + x]);
        }
      }
      return most;
    });
  }

  private double share() {
    return 1.0 / (shape.filterHeight() * shape.filterWidth());
  }

  double[] means() {
    return forWindows((p, q) -> {
      double sum = 0;
      for (int x = left(q); x < right(q); x++) {
        double column = 0;
        for (int y = top(p); y < bottom(p); y++) {
          column += cells[y * shape.width() + x];
        }
        sum += column;
      }
      return sum * share();
    });
  }

  double[] largestGradient(double[] gradients) {
    double[] sums = new double[cells.length];
    forWindows((p, q) -> {
      int best = -1;
      for (int y = top(p); y < bottom(p); y++) {
        for (int x = left(q); x < right(q); x++) {
          int cell = y * shape.width() + x;
          boolean isNumber = !Double.isNaN(cells[cell]);
          best = isNumber && (best < 0 || cells[cell] > cells[best]) ? cell : best;
        }
      }
      if (best >= 0) {
        sums[best] += gradients[p * shape.outWidth() + q];
      }
      return 0;
    });
    return sums;
  }

  double[] meansGradient(double[] gradients) {
    double[] sums = new double[cells.length];
    for (int p = 0; p < shape.outHeight(); p++) {
      double[] row = new double[shape.width()];
      for (int q = 0; q < shape.outWidth(); q++) {
        for (int x = left(q); x < right(q); x++) {
          row[x] += share() * gradients[p * shape.outWidth() + q];
        }
      }
      for (int y = top(p); y < bottom(p); y++) {
        for (int x = 0; x < row.length; x++) {
          sums[y * shape.width() + x] += row[x];
        }
      }
    }
    return sums;
  }

  /** Whether a window has nothing larger than minus infinity. */
  boolean hasWindowWithoutPlace() {
    double[] numbers =
        Arrays.stream(cells)
            .map(cell -> Double.isNaN(cell) ? Double.NEGATIVE_INFINITY : cell)
            .toArray();
    double[] most = new PooledWindows(shape, numbers).largest();
    return Arrays.stream(most).anyMatch(cell -> cell == Double.NEGATIVE_INFINITY);
  }

  /** Each rounded to a float. */
  static double[] asFloats(double[] doubles) {
    return Arrays.stream(doubles).map(cell -> (float) cell).toArray();
  }
}
