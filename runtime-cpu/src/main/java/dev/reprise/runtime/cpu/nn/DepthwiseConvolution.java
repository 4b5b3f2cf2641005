package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
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

  private void addProducts(Plane plane, double[] sums, int first) {
    int width = shape.filterWidth();
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

  /** A channel of an image, one of its outputs, and sums; belongs to one thread. */
  private final class Plane {
    final RowCode code;

    /** With zeros around it. */
    final MemorySegment image;

    /** With zeros between, and as many before them as a window reaches, and behind. */
    final MemorySegment gradients;

    /** Doubles, for outputs of a stride of 1, or for an image. */
    final MemorySegment sums;

    /** The sums as cells. */
    private final MemorySegment rounded;

    private final long bytes = precision.bytesPerCell();

    Plane(Scratch scratch) {
      code = new RowCode(precision);
      image = scratch.bytes(padded() * bytes).fill((byte) 0);
      gradients = scratch.bytes((2L * window() + padded()) * bytes).fill((byte) 0);
      sums = scratch.doubles(padded());
      rounded = scratch.bytes(padded() * bytes);
    }

    /** Cells from one on. */
    MemorySegment from(MemorySegment cells, long at) {
      return cells.asSlice(at * bytes);
    }

    private void copy(MemorySegment from, long source, MemorySegment to, long target, long count) {
      MemorySegment.copy(from, source * bytes, to, target * bytes, count * bytes);
    }

    private long at(int row) {
      return (row + shape.padHeight()) * (long) paddedWidth() + shape.padWidth();
    }

    void readImage(DenseMatrix images, long number) {
      long first = number * shape.planeCells();
      int width = shape.width();
      for (int row = 0; row < shape.height(); row++) {
        copy(images.segment(), first + (long) row * width, image, at(row), width);
      }
    }

    void writeImage(DenseMatrix images, long number) {
      code.round(sums, rounded, padded());
      long first = number * shape.planeCells();
      int width = shape.width();
      for (int row = 0; row < shape.height(); row++) {
        copy(rounded, at(row), images.segment(), first + (long) row * width, width);
      }
    }

    void writeOutputs(DenseMatrix out, long number) {
      code.round(sums, rounded, reach());
      long first = number * shape.outCells();
      for (int row = 0; row < shape.outHeight(); row++) {
        long from = (long) row * shape.strideHeight() * paddedWidth();
        spread(rounded, from, shape.strideWidth(), out.segment(), first, 1);
        first += shape.outWidth();
      }
    }

    void readOutputs(DenseMatrix dout, long number) {
      long first = number * shape.outCells();
      for (int row = 0; row < shape.outHeight(); row++) {
        long to = window() + (long) row * shape.strideHeight() * paddedWidth();
        spread(dout.segment(), first, 1, gradients, to, shape.strideWidth());
        first += shape.outWidth();
      }
    }

    /** Copies a row of outputs, whose cells lie so far from each other in both. */
    private void spread(
        MemorySegment from, long source, int step, MemorySegment to, long target, int stepTo) {
      if (step == 1 && stepTo == 1) {
        copy(from, source, to, target, shape.outWidth());
      } else {
        for (int i = 0; i < shape.outWidth(); i++) {
          copy(from, source + (long) i * step, to, target + (long) i * stepTo, 1);
        }
      }
    }
  }
}
