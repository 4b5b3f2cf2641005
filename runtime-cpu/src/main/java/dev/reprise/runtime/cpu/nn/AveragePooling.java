package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** {@code avg_pool}: the mean of the cells under the window; padding counts as zeros. */
final class AveragePooling implements Pooling {

  @Override
  public void forward(
      WindowShape shape, MemorySegment in, long inAt, MemorySegment out, long outAt) {
    double factor = factor(shape);
    double[] column = new double[shape.width()];
    double[] row = new double[shape.width()];
    int outWidth = shape.outWidth();
    for (int p = 0; p < shape.outHeight(); p++) {
      sumOfRows(shape, p, in, inAt, column, row);
      for (int q = 0; q < outWidth; q++) {
        int to = Pooling.endCol(shape, q);
        double sum = 0;
        for (int x = Pooling.firstCol(shape, q); x < to; x++) {
          sum += column[x];
        }
        out.setAtIndex(JAVA_DOUBLE, outAt + (long) p * outWidth + q, sum * factor);
      }
    }
  }

  private static double factor(WindowShape shape) {
    return 1.0 / ((double) shape.filterHeight() * shape.filterWidth());
  }

  private static void sumOfRows(
      WindowShape shape, int p, MemorySegment in, long inAt, double[] column, double[] row) {
    int width = shape.width();
    Arrays.fill(column, 0);
    int to = Pooling.endRow(shape, p);
    for (int y = Pooling.firstRow(shape, p); y < to; y++) {
      MemorySegment.copy(in, JAVA_DOUBLE, 8 * (inAt + (long) y * width), row, 0, width);
      for (int x = 0; x < width; x++) {
        column[x] += row[x];
      }
    }
  }

  /** Each window's gradient is spread evenly; what falls on padding is lost. */
  @Override
  public void backward(
      WindowShape shape,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt) {
    double factor = factor(shape);
    int outWidth = shape.outWidth();
    for (int p = 0; p < shape.outHeight(); p++) {
      int top = Pooling.firstRow(shape, p);
      int bottom = Pooling.endRow(shape, p);
      for (int q = 0; q < outWidth; q++) {
        double gradient = factor * dout.getAtIndex(JAVA_DOUBLE, outAt + (long) p * outWidth + q);
        int from = Pooling.firstCol(shape, q);
        int to = Pooling.endCol(shape, q);
        for (int y = top; y < bottom; y++) {
          long row = inAt + (long) y * shape.width();
          for (int x = from; x < to; x++) {
            double sum = dx.getAtIndex(JAVA_DOUBLE, row + x) + gradient;
            dx.setAtIndex(JAVA_DOUBLE, row + x, sum);
          }
        }
      }
    }
  }
}
