package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.cpu.code.WindowFolds;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/** One kind of pooling of one channel of one image. Positions are counted in cells. */
sealed interface Pooling permits MaxPooling, AveragePooling {

  /**
   * Where the windows lie: output row p looks at the image's rows from {@code top[p]} to {@code
   * bottom[p]}, output column q at its columns from {@code left[q]} to {@code right[q]}, ends
   * excluded and padding left out.
   */
  record Windows(int width, int windowCells, int[] top, int[] bottom, int[] left, int[] right) {

    static Windows of(WindowShape shape) {
      int rows = shape.outHeight();
      int cols = shape.outWidth();
      Windows windows =
          new Windows(
              shape.width(),
              Math.multiplyExact(shape.filterHeight(), shape.filterWidth()),
              new int[rows],
              new int[rows],
              new int[cols],
              new int[cols]);
      for (int p = 0; p < rows; p++) {
        long first = (long) p * shape.strideHeight() - shape.padHeight();
        windows.top[p] = (int) Math.max(0, first);
        windows.bottom[p] = (int) Math.min(shape.height(), first + shape.filterHeight());
      }
      for (int q = 0; q < cols; q++) {
        long first = (long) q * shape.strideWidth() - shape.padWidth();
        windows.left[q] = (int) Math.max(0, first);
        windows.right[q] = (int) Math.min(shape.width(), first + shape.filterWidth());
      }
      return windows;
    }

    /** Rows of the output. */
    int rows() {
      return top.length;
    }

    /** Columns of the output. */
    int cols() {
      return left.length;
    }

    // Rows are copied to arrays as a whole, since cells of segments take long one by one.

    /** Copies a row of the image that begins at a cell. */
    void loadRow(MemorySegment image, long at, int row, double[] cells) {
      load(image, at + (long) row * width, cells);
    }

    void storeRow(double[] cells, int row, MemorySegment image, long at) {
      store(cells, image, at + (long) row * width);
    }

    /** Copies a row of the output that begins at a cell. */
    void loadOutput(MemorySegment output, long at, int row, double[] cells) {
      load(output, at + (long) row * cols(), cells);
    }

    void storeOutput(double[] cells, int row, MemorySegment output, long at) {
      store(cells, output, at + (long) row * cols());
    }

    private static void load(MemorySegment from, long at, double[] cells) {
      MemorySegment.copy(from, JAVA_DOUBLE, Double.BYTES * at, cells, 0, cells.length);
    }

    private static void store(double[] cells, MemorySegment into, long at) {
      MemorySegment.copy(cells, 0, into, JAVA_DOUBLE, Double.BYTES * at, cells.length);
    }
  }

  /** The same by machine code, for windows that fit it. */
  WindowFolds folds();

  /** Its gradient, likewise. */
  WindowFolds gradientFolds();

  /** Pools the channel that begins at {@code inAt}. */
  void forward(Windows windows, MemorySegment in, long inAt, MemorySegment out, long outAt);

  /** Adds the gradient of the channel that begins at {@code inAt} to {@code dx}, there zero. */
  void backward(
      Windows windows,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt);
}
