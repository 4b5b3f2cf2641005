package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.cpu.code.WindowFolds;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** {@code avg_pool}: the mean of the cells under the window; padding counts as zeros. */
final class AveragePooling implements Pooling {

  @Override
  public WindowFolds folds() {
    return WindowFolds.MEANS;
  }

  @Override
  public WindowFolds gradientFolds() {
    return WindowFolds.MEANS_GRADIENTS;
  }

  @Override
  public void forward(Windows windows, MemorySegment in, long inAt, MemorySegment out, long outAt) {
    double factor = 1.0 / windows.windowCells();
    double[] column = new double[windows.width()];
    double[] row = new double[windows.width()];
    for (int p = 0; p < windows.rows(); p++) {
      sumOfRows(windows, p, in, inAt, column, row);
      for (int q = 0; q < windows.cols(); q++) {
        double sum = 0;
        for (int x = windows.left()[q]; x < windows.right()[q]; x++) {
          sum += column[x];
        }
        out.setAtIndex(JAVA_DOUBLE, outAt + (long) p * windows.cols() + q, sum * factor);
      }
    }
  }

  private static void sumOfRows(
      Windows windows, int p, MemorySegment in, long inAt, double[] column, double[] row) {
    int width = column.length;
    Arrays.fill(column, 0);
    for (long y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      MemorySegment.copy(in, JAVA_DOUBLE, 8 * (inAt + y * width), row, 0, width);
      for (int x = 0; x < width; x++) {
        column[x] += row[x];
      }
    }
  }

  /** Each window's gradient is spread evenly; what falls on padding is lost. */
  @Override
  public void backward(
      Windows windows,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt) {
    double factor = 1.0 / windows.windowCells();
    int width = windows.width();
    double[] spread = new double[width];
    double[] row = new double[width];
    for (int p = 0; p < windows.rows(); p++) {
      Arrays.fill(spread, 0);
      for (int q = 0; q < windows.cols(); q++) {
        double gradient =
            factor * dout.getAtIndex(JAVA_DOUBLE, outAt + (long) p * windows.cols() + q);
        for (int x = windows.left()[q]; x < windows.right()[q]; x++) {
          spread[x] += gradient;
        }
      }
      for (long y = windows.top()[p]; y < windows.bottom()[p]; y++) {
        MemorySegment.copy(dx, JAVA_DOUBLE, 8 * (inAt + y * width), row, 0, width);
        for (int x = 0; x < width; x++) {
          row[x] += spread[x];
        }
        MemorySegment.copy(row, 0, dx, JAVA_DOUBLE, 8 * (inAt + y * width), width);
      }
    }
  }
}
