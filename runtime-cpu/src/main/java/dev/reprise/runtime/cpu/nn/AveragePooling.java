package dev.reprise.runtime.cpu.nn;

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
    double[] means = new double[windows.cols()];
    for (int p = 0; p < windows.rows(); p++) {
      sumOfRows(windows, p, in, inAt, column, row);
      for (int q = 0; q < means.length; q++) {
        double sum = 0;
        for (int x = windows.left()[q]; x < windows.right()[q]; x++) {
          sum += column[x];
        }
        means[q] = sum * factor;
      }
      windows.storeOutput(means, p, out, outAt);
    }
  }

  private static void sumOfRows(
      Windows windows, int p, MemorySegment in, long inAt, double[] column, double[] row) {
    Arrays.fill(column, 0);
    for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
      windows.loadRow(in, inAt, y, row);
      for (int x = 0; x < column.length; x++) {
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
    double[] spread = new double[windows.width()];
    double[] row = new double[windows.width()];
    double[] gradients = new double[windows.cols()];
    for (int p = 0; p < windows.rows(); p++) {
      Arrays.fill(spread, 0);
      windows.loadOutput(dout, outAt, p, gradients);
      for (int q = 0; q < gradients.length; q++) {
        double gradient = factor * gradients[q];
        for (int x = windows.left()[q]; x < windows.right()[q]; x++) {
          spread[x] += gradient;
        }
      }
      for (int y = windows.top()[p]; y < windows.bottom()[p]; y++) {
        windows.loadRow(dx, inAt, y, row);
        for (int x = 0; x < row.length; x++) {
          row[x] += spread[x];
        }
        windows.storeRow(row, y, dx, inAt);
      }
    }
  }
}
