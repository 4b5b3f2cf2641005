package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/**
 * Convolutions whose groups have one channel and few filters each, and their gradients. A product
 * with a matrix of patches, nine times the size of a channel, would take one multiplication for
 * each cell that is copied. Here a channel is copied once, with the zeros around it, and each cell
 * of a filter is multiplied with all of it at a time, in machine code: sums of a stride of 1 lie so
 * that the cell that a filter's cell meets is always as far away. Of larger strides the sums
 * between are computed and left out. Sums are of doubles.
 *
 * @param shape of one group: images with one channel
 * @param groups channels
 */
record DepthwiseConvolution(WindowShape shape, int groups, Parallel parallel, Precision precision) {
  /** With more filters a product with patches pays. */
  private static final int MOST_FILTERS = 4;

  /** Outputs that are computed for each that is wanted, at most. */
  private static final int MOST_WASTE = 4;

  /** Cells of a channel with its zeros that stay in the second cache, with its outputs. */
  private static final long MOST_CELLS = 1 << 15;

  /** Multiplications of a task: some 30 microseconds. */
  private static final long TASK_WORK = 1 << 17;

  /** Null where convolutions of that shape go another way. */
  static DepthwiseConvolution of(WindowShape all, Parallel parallel, Precision precision) {
    WindowShape shape = all.ofGroup();
    long waste = (long) shape.strideHeight() * shape.strideWidth();
    boolean fits =
        all.groups() > 1
            && shape.channels() == 1
            && shape.filters() <= MOST_FILTERS
            && waste <= MOST_WASTE
            && paddedCells(shape) <= MOST_CELLS
            && CellFunction.areThere()
            // Told in the class of the device, whose results these sums are.
            && PanelSums.find(precision) != null;
    return fits ? new DepthwiseConvolution(shape, all.groups(), parallel, precision) : null;
  }

  private static long paddedCells(WindowShape shape) {
    return (shape.height() + 2L * shape.padHeight()) * (shape.width() + 2L * shape.padWidth());
  }

  private int paddedWidth() {
    return shape.width() + 2 * shape.padWidth();
  }

  private int padded() {
    return (int) paddedCells(shape);
  }

  /** How far outputs reach in an array, from the first to behind the last. */
  private int reach() {
    int rows = (shape.outHeight() - 1) * shape.strideHeight();
    return rows * paddedWidth() + (shape.outWidth() - 1) * shape.strideWidth() + 1;
  }

  /** How far the cell that the last cell of a filter meets is from that of the first one. */
  private int window() {
    return at(shape.filterHeight() - 1, shape.filterWidth() - 1);
  }

  /** How far the cell is that a filter's cell meets. */
  private int at(int r, int s) {
    return r * shape.dilationHeight() * paddedWidth() + s * shape.dilationWidth();
  }

  private int taps() {
    return shape.filterHeight() * shape.filterWidth();
  }

  private long planesPerTask() {
    return Math.max(1, TASK_WORK / ((long) padded() * taps() * shape.filters()));
  }

  /** Goes through the channels of all images. */
  private void forEachPlane(ExecutionContext context, PlaneTask task) {
    parallel.forRange(
        context,
        shape.images() * groups,
        planesPerTask(),
        (from, to) -> {
          try (Scratch scratch = new Scratch(context.allocator())) {
            Plane plane = new Plane(scratch);
            for (long number = from; number < to; number++) {
              task.run(plane, number);
            }
          }
        });
  }

  @FunctionalInterface
  private interface PlaneTask {
    void run(Plane plane, long number);
  }

  /** Writes all cells of {@code out}. */
  void run(DenseMatrix images, DenseMatrix filters, DenseMatrix out, ExecutionContext context) {
    double[] weights = weights(filters);
    forEachPlane(
        context,
        (plane, number) -> {
          plane.readImage(images, number);
          int group = (int) (number % groups);
          for (int f = 0; f < shape.filters(); f++) {
            if (areTaps()) {
              int weight = (group * shape.filters() + f) * taps();
              plane.writeTaps(weights, weight, out, number * shape.filters() + f);
              continue;
            }
            plane.sums.fill((byte) 0);
            int filter = (group * shape.filters() + f) * taps();
            for (int r = 0; r < shape.filterHeight(); r++) {
              int first = filter + r * shape.filterWidth();
              addRow(plane, reach(), plane.image, at(r, 0), 1, weights, first);
            }
            plane.writeOutputs(out, number * shape.filters() + f);
          }
        });
  }

  /**
   * Writes all cells of {@code dx}.
   *
   * @param filters whose cells are finite, since they are multiplied with the zeros between outputs
   */
  void runDataGradient(
      DenseMatrix filters, DenseMatrix dout, DenseMatrix dx, ExecutionContext context) {
    double[] weights = weights(filters);
    forEachPlane(
        context,
        (plane, number) -> {
          int group = (int) (number % groups);
          if (areTaps() && shape.filters() == 1) {
            plane.readOutputs(dout, number);
            plane.writeTurnedTaps(weights, group * taps(), dx, number);
            return;
          }
          plane.sums.fill((byte) 0);
          for (int f = 0; f < shape.filters(); f++) {
            plane.readOutputs(dout, number * shape.filters() + f);
            int filter = (group * shape.filters() + f) * taps();
            for (int r = 0; r < shape.filterHeight(); r++) {
              int first = filter + r * shape.filterWidth();
              int at = window() - at(r, 0);
              addRow(plane, padded(), plane.gradients, at, -1, weights, first);
            }
          }
          plane.writeImage(dx, number);
        });
  }

  /**
   * Writes all cells of {@code dw}.
   *
   * @param images whose cells are finite, likewise
   */
  void runFilterGradient(
      DenseMatrix images, DenseMatrix dout, DenseMatrix dw, ExecutionContext context) {
    parallel.forRange(
        context,
        groups,
        Math.max(1, planesPerTask() / Math.max(1, shape.images())),
        (from, to) -> {
          int cells = shape.filters() * taps();
          CellBlocks blocks = new CellBlocks(precision, cells);
          try (Scratch scratch = new Scratch(context.allocator())) {
            Plane plane = new Plane(scratch);
            for (long group = from; group < to; group++) {
              double[] sums = new double[cells];
              for (long image = 0; image < shape.images(); image++) {
                long number = image * groups + group;
                plane.readImage(images, number);
                for (int f = 0; f < shape.filters(); f++) {
                  plane.readOutputs(dout, number * shape.filters() + f);
                  addProducts(plane, sums, f * taps());
                }
              }
              blocks.store(sums, 0, dw.segment(), group * cells, cells);
            }
          }
        });
  }

  /** Whether there is code for all cells of a filter at a time, and no output is left out. */
  private boolean areTaps() {
    boolean isOfStrideOne = shape.strideHeight() == 1 && shape.strideWidth() == 1;
    return isOfStrideOne && shape.filterHeight() == 3 && areRowsOfTaps();
  }

  /** Whether there is code for the cells of a filter's row at a time. */
  private boolean areRowsOfTaps() {
    return shape.filterWidth() == 3 && shape.dilationWidth() == 1;
  }

  private void addProducts(Plane plane, double[] sums, int first) {
    int width = shape.filterWidth();
    if (areRowsOfTaps()) {
      plane.addTapProducts(sums, first);
      return;
    }
    MemorySegment gradients = plane.from(plane.gradients, window());
    for (int r = 0; r < shape.filterHeight(); r++) {
      for (int s = 0; s < width; s++) {
        MemorySegment image = plane.from(plane.image, at(r, s));
        sums[first + r * width + s] += plane.code.products(image, gradients, reach());
      }
    }
  }

  private double[] weights(DenseMatrix filters) {
    int cells = Math.toIntExact(filters.cells());
    double[] weights = new double[cells];
    new CellBlocks(precision, cells).load(filters.segment(), 0, weights, 0, cells);
    return weights;
  }

  /**
   * Adds the products of a filter's row to n sums, up to three cells of it at a time.
   *
   * @param at where x begins for the first of them
   * @param direction 1, or -1 where x begins the earlier, the further the cell is
   * @param weight index of the first of them
   */
  private void addRow(
      Plane plane, int n, MemorySegment x, int at, int direction, double[] weights, int weight) {
    int step = direction * shape.dilationWidth();
    int width = shape.filterWidth();
    int s = 0;
    for (; s <= width - 3; s += 3) {
      plane.code.addThree(plane.sums, x, at + s * step, step, weights, weight + s, n);
    }
    for (; s < width; s++) {
      plane.code.add(plane.sums, x, at + s * step, weights[weight + s], n);
    }
  }

  /** A channel of an image, one of its outputs, and sums, all as doubles; belongs to one thread. */
  private final class Plane {
    final RowCode code = new RowCode(Precision.FP64);
    private final CellOperands rows;

    /** With zeros around it. */
    final MemorySegment image;

    /** With zeros between, and as many before them as a window reaches, and behind. */
    final MemorySegment gradients;

    /** For outputs of a stride of 1, or for an image. */
    final MemorySegment sums;

    private final long bytes = precision.bytesPerCell();
    private final long rowBytes = (long) Double.BYTES * paddedWidth();

    Plane(Scratch scratch) {
      rows = new CellOperands(shape.filterHeight(), taps(), shape.filterWidth());
      image = scratch.doubles(padded()).fill((byte) 0);
      gradients = scratch.doubles(2L * window() + padded()).fill((byte) 0);
      sums = scratch.doubles(padded());
    }

    /** Doubles from one on. */
    MemorySegment from(MemorySegment doubles, long at) {
      return doubles.asSlice(at * Double.BYTES);
    }

    private long place(MemorySegment doubles, long at) {
      return doubles.address() + at * Double.BYTES;
    }

    private long place(DenseMatrix matrix, long at) {
      return matrix.segment().address() + at * bytes;
    }

    private long at(int row) {
      return (row + shape.padHeight()) * (long) paddedWidth() + shape.padWidth();
    }

    void readImage(DenseMatrix images, long number) {
      int width = shape.width();
      rows.withRows(shape.height()).withInputRow(0, width * bytes).withOutputRow(0, rowBytes);
      long from = place(images, number * shape.planeCells());
      CellFunction.WIDENED.run(precision, from, place(image, at(0)), rows, width);
    }

    void writeImage(DenseMatrix images, long number) {
      int width = shape.width();
      rows.withRows(shape.height()).withInputRow(0, rowBytes).withOutputRow(0, width * bytes);
      long to = place(images, number * shape.planeCells());
      CellFunction.ROUNDED.run(precision, place(sums, at(0)), to, rows, width);
    }

    void writeOutputs(DenseMatrix out, long number) {
      int width = shape.outWidth();
      long first = number * shape.outCells();
      if (shape.strideWidth() == 1) {
        rows.withRows(shape.outHeight())
            .withInputRow(0, rowBytes * shape.strideHeight())
            .withOutputRow(0, width * bytes);
        CellFunction.ROUNDED.run(precision, sums.address(), place(out, first), rows, width);
        return;
      }
      for (int row = 0; row < shape.outHeight(); row++) {
        long from = (long) row * shape.strideHeight() * paddedWidth();
        for (int i = 0; i < width; i++) {
          long at = from + (long) i * shape.strideWidth();
          out.set(0, first + (long) row * width + i, sums.getAtIndex(JAVA_DOUBLE, at));
        }
      }
    }

    void readOutputs(DenseMatrix dout, long number) {
      int width = shape.outWidth();
      long first = number * shape.outCells();
      if (shape.strideWidth() == 1) {
        rows.withRows(shape.outHeight())
            .withInputRow(0, width * bytes)
            .withOutputRow(0, rowBytes * shape.strideHeight());
        long to = place(gradients, window());
        CellFunction.WIDENED.run(precision, place(dout, first), to, rows, width);
        return;
      }
      for (int row = 0; row < shape.outHeight(); row++) {
        long to = window() + (long) row * shape.strideHeight() * paddedWidth();
        for (int i = 0; i < width; i++) {
          double cell = dout.get(0, first + (long) row * width + i);
          gradients.setAtIndex(JAVA_DOUBLE, to + (long) i * shape.strideWidth(), cell);
        }
      }
    }

    /** Writes an output of the image, with weights from an index on. */
    void writeTaps(double[] weights, int weight, DenseMatrix out, long number) {
      setTaps(weights, weight, place(image, DepthwiseConvolution.this.at(1, 0)));
      rows.withInput(2, place(image, DepthwiseConvolution.this.at(2, 0)))
          .withRows(shape.outHeight())
          .withOutputRow(0, shape.outWidth() * bytes);
      long to = place(out, number * shape.outCells());
      CellFunction.TAPS.run(precision, image.address(), to, rows, shape.outWidth());
    }

    /** Writes the gradient of the image from that of its only output. */
    void writeTurnedTaps(double[] weights, int weight, DenseMatrix dx, long number) {
      // Of the last cell in each row of the filter, which meets the first ones.
      long last = at(0) + window() - DepthwiseConvolution.this.at(0, 2);
      setTaps(weights, weight, place(gradients, last - DepthwiseConvolution.this.at(1, 0)));
      rows.withInput(2, place(gradients, last - DepthwiseConvolution.this.at(2, 0)))
          .withRows(shape.height())
          .withOutputRow(0, shape.width() * bytes);
      long to = place(dx, number * shape.planeCells());
      CellFunction.TURNED_TAPS.run(precision, place(gradients, last), to, rows, shape.width());
    }

    private void setTaps(double[] weights, int weight, long second) {
      for (int i = 0; i < taps(); i++) {
        rows.withParameter(i, weights[weight + i]);
      }
      rows.withInput(1, second);
      for (int i = 0; i < 3; i++) {
        rows.withInputRow(i, rowBytes);
      }
    }

    /** Adds the products of the image with gradients, which filters of three columns take. */
    void addTapProducts(double[] to, int first) {
      int height = shape.filterHeight();
      rows.withInput(1, place(gradients, window()))
          .withRows(height)
          .withInputRow(0, rowBytes * shape.dilationHeight())
          .withInputRow(1, 0);
      CellFunction.TAP_PRODUCTS.run(precision, image.address(), 0, rows, reach());
      for (int i = 0; i < taps(); i++) {
        to[first + i] += rows.total(i);
      }
    }
  }
}
