package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/**
 * {@code max_pool}: the largest cell under the window; the padding does not count. A window that
 * sees nothing but padding gives the lowest finite number.
 */
final class MaxPooling implements Pooling {

  @Override
  public void forward(
      WindowShape shape, MemorySegment in, long inAt, MemorySegment out, long outAt) {
    double[] column = new double[shape.width()];
    double[] row = new double[shape.width()];
    int outWidth = shape.outWidth();
    for (int p = 0; p < shape.outHeight(); p++) {
      boolean any = Pooling.firstRow(shape, p) < Pooling.endRow(shape, p);
      if (any) {
        largestOfRows(shape, p, in, inAt, column, row);
      }
      for (int q = 0; q < outWidth; q++) {
        int from = Pooling.firstCol(shape, q);
        int to = Pooling.endCol(shape, q);
        double largest = -Double.MAX_VALUE;
        if (any && from < to) {
          largest = column[from];
          for (int x = from + 1; x < to; x++) {
            largest = Math.max(largest, column[x]);
          }
        }
        out.setAtIndex(JAVA_DOUBLE, outAt + (long) p * outWidth + q, largest);
      }
    }
  }

  /** Leaves in {@code column} the largest cell of each column under the windows of a row. */
  private static void largestOfRows(
      WindowShape shape, int p, MemorySegment in, long inAt, double[] column, double[] row) {
    int width = shape.width();
    int from = Pooling.firstRow(shape, p);
    int to = Pooling.endRow(shape, p);
    MemorySegment.copy(in, JAVA_DOUBLE, 8 * (inAt + (long) from * width), column, 0, width);
    for (int y = from + 1; y < to; y++) {
      MemorySegment.copy(in, JAVA_DOUBLE, 8 * (inAt + (long) y * width), row, 0, width);
      for (int x = 0; x < width; x++) {
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
      WindowShape shape,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt) {
    int outWidth = shape.outWidth();
    for (int p = 0; p < shape.outHeight(); p++) {
      int top = Pooling.firstRow(shape, p);
      int bottom = Pooling.endRow(shape, p);
      for (int q = 0; q < outWidth; q++) {
        long cell = largestCell(shape, q, top, bottom, in, inAt);
        if (cell >= 0) {
          double gradient = dout.getAtIndex(JAVA_DOUBLE, outAt + (long) p * outWidth + q);
          dx.setAtIndex(JAVA_DOUBLE, cell, dx.getAtIndex(JAVA_DOUBLE, cell) + gradient);
        }
      }
    }
  }

  private static long largestCell(
      WindowShape shape, int q, int top, int bottom, MemorySegment in, long inAt) {
    int from = Pooling.firstCol(shape, q);
    int to = Pooling.endCol(shape, q);
    long found = -1;
    double largest = Double.NEGATIVE_INFINITY;
    for (int y = top; y < bottom; y++) {
      long row = inAt + (long) y * shape.width();
      for (int x = from; x < to; x++) {
        double value = in.getAtIndex(JAVA_DOUBLE, row + x);
        if (value > largest || (found < 0 && value == largest)) {
          largest = value;
          found = row + x;
        }
      }
    }
    return found;
  }
}
