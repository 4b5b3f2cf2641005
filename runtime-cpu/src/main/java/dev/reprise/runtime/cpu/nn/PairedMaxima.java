package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.WindowPairs;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Max pooling of windows of 2 x 2 that lie side by side, channel by channel in arrays and without
 * branches that depend on the cells: with the bits of {@link MaxPooling}, which is for any window.
 */
final class PairedMaxima {
  /** Cells of a channel: half a mebibyte of doubles. */
  private static final long MOST_CELLS = 1 << 16;

  private static final long INFINITE = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

  private PairedMaxima() {}

  /** Whether a pooling has such windows over channels that fit into an array. */
  static boolean fit(WindowShape shape) {
    return shape.filterHeight() == 2
        && shape.filterWidth() == 2
        && shape.strideHeight() == 2
        && shape.strideWidth() == 2
        && shape.padHeight() == 0
        && shape.padWidth() == 0
        && shape.planeCells() <= MOST_CELLS;
  }

  /** Pools some channels of images. */
  static void forward(WindowShape shape, DenseMatrix images, DenseMatrix out, long from, long to) {
    if (!CellFunction.areThere()) {
      forwardInArrays(shape, images, out, from, to);
      return;
    }
    WindowPairs.Call call =
        WindowPairs.LARGEST.call(
            out.precision(), shape.outHeight(), shape.outWidth(), shape.width());
    int bytes = out.precision().bytesPerCell();
    for (long plane = from; plane < to; plane++) {
      long image = images.segment().address() + plane * shape.planeCells() * bytes;
      long largest = out.segment().address() + plane * shape.outCells() * bytes;
      if (!call.run(image, largest, 0)) {
        forwardInArrays(shape, images, out, plane, plane + 1);
      }
    }
  }

  static void forwardInArrays(
      WindowShape shape, DenseMatrix images, DenseMatrix out, long from, long to) {
    double[] cells = new double[(int) shape.planeCells()];
    double[] largest = new double[(int) shape.outCells()];
    CellBlocks blocks = new CellBlocks(images.precision(), cells.length);
    for (long plane = from; plane < to; plane++) {
      blocks.load(images.segment(), plane * cells.length, cells, 0, cells.length);
      largest(cells, shape.width(), largest, shape.outHeight(), shape.outWidth());
      blocks.store(largest, 0, out.segment(), plane * largest.length, largest.length);
    }
  }

  private static void largest(double[] cells, int width, double[] largest, int rows, int cols) {
    for (int p = 0; p < rows; p++) {
      int upper = 2 * p * width;
      int lower = upper + width;
      int at = p * cols;
      for (int q = 0; q < cols; q++) {
        double above = Math.max(cells[upper + 2 * q], cells[upper + 2 * q + 1]);
        double below = Math.max(cells[lower + 2 * q], cells[lower + 2 * q + 1]);
        largest[at + q] = Math.max(above, below);
      }
    }
  }

  /**
   * Gradients of some channels of images.
   *
   * @param windows of the shape
   */
  static void backward(
      WindowShape shape,
      Pooling.Windows windows,
      DenseMatrix images,
      DenseMatrix dout,
      DenseMatrix dx,
      long from,
      long to) {
    if (CellFunction.areThere()) {
      new PairedGradient(WindowPairs.MAXIMA, shape, images, dout, dx)
          .run(from, to, plane -> spread(shape, windows, images, dout, dx, plane, plane + 1));
    } else {
      spread(shape, windows, images, dout, dx, from, to);
    }
  }

  /** In arrays. */
  static void spread(
      WindowShape shape,
      Pooling.Windows windows,
      DenseMatrix images,
      DenseMatrix dout,
      DenseMatrix dx,
      long from,
      long to) {
    double[] cells = new double[(int) shape.planeCells()];
    double[] gradients = new double[(int) shape.outCells()];
    double[] sums = new double[cells.length];
    CellBlocks blocks = new CellBlocks(images.precision(), cells.length);
    for (long plane = from; plane < to; plane++) {
      blocks.load(images.segment(), plane * cells.length, cells, 0, cells.length);
      blocks.load(dout.segment(), plane * gradients.length, gradients, 0, gradients.length);
      Arrays.fill(sums, 0);
      if (allAreNumbers(cells)) {
        spread(cells, shape.width(), gradients, sums, shape.outHeight(), shape.outWidth());
      } else {
        new MaxPooling()
            .backward(
                windows,
                MemorySegment.ofArray(cells),
                MemorySegment.ofArray(gradients),
                0,
                MemorySegment.ofArray(sums),
                0);
      }
      blocks.store(sums, 0, dx.segment(), plane * cells.length, cells.length);
    }
  }

  private static boolean allAreNumbers(double[] cells) {
    long signs = 0;
    for (int i = 0; i < cells.length; i++) {
      signs |= INFINITE - (Double.doubleToRawLongBits(cells[i]) & Long.MAX_VALUE);
    }
    return signs >= 0;
  }

  /** Each gradient goes to the largest cell of its window, of equal ones to the first by rows. */
  private static void spread(
      double[] cells, int width, double[] gradients, double[] sums, int rows, int cols) {
    for (int p = 0; p < rows; p++) {
      int upper = 2 * p * width;
      int lower = upper + width;
      int at = p * cols;
      for (int q = 0; q < cols; q++) {
        long a = order(cells[upper + 2 * q]);
        long b = order(cells[upper + 2 * q + 1]);
        long c = order(cells[lower + 2 * q]);
        long d = order(cells[lower + 2 * q + 1]);
        int above = isLess(a, b);
        int below = isLess(c, d);
        int low = isLess(Math.max(a, b), Math.max(c, d));
        int place = above + low * (width + below - above);
        sums[upper + 2 * q + place] = gradients[at + q] + 0.0;
      }
    }
  }

  /** A number whose order among others is that of a cell; zeros of either sign are equal. */
  private static long order(double cell) {
    long bits = Double.doubleToRawLongBits(cell + 0.0);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  /** 1 if a is less than b, else 0: a comparison that is no jump. */
  private static int isLess(long a, long b) {
    return (int) ((a & ~b | ~(a ^ b) & a - b) >>> 63);
  }
}
