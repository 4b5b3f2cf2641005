package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.operation.WindowShape;

/**
 * How a direct convolution is cut, one whose products are taken where the images lie; follows from
 * its shape and precision alone. Groups are convolutions of their own, all cut in the same way. A
 * step is some rows of outputs of one image; a panel is as many planes that are written as have 64
 * bytes.
 *
 * <p>It reads planes of {@code channels} and writes planes of {@code targets}: of a convolution its
 * channels and its filters; of the gradient of its images, which is a convolution with the filters
 * turned around, the other way.
 *
 * @param images of each group
 * @param height of the planes that are read, {@code width} likewise
 * @param padTop rows of zeros above them, {@code padLeft} likewise; below zero where as many are
 *     left out
 * @param outHeight of the planes that are written, {@code outWidth} likewise
 * @param window the filters, their strides and dilations
 * @param rowsPerStep rows of outputs
 */
record DirectPlan(
    Precision precision,
    long images,
    int groups,
    int channels,
    int height,
    int width,
    int padTop,
    int padLeft,
    int targets,
    int outHeight,
    int outWidth,
    Window window,
    int rowsPerStep) {

  /** Cells of the padded planes of a step, and of its outputs, that we like at most. */
  private static final long STEP_CELLS = 1 << 16;

  /** Multiplications of cells that are no filter's, for each that is, at most. */
  private static final double MOST_WASTE = 0.5;

  /** Terms that are added one after the other: the error of a sum grows with them. */
  private static final int MOST_TERMS = 256;

  /** Terms of a sum that make a call of the generated code pay. */
  private static final int FEWEST_TERMS = 48;

  /** What places of a filter see. */
  record Window(int rows, int columns, int down, int right, int rowStep, int columnStep) {
    int cells() {
      return rows * columns;
    }

    private static Window of(WindowShape shape) {
      return new Window(
          shape.filterHeight(),
          shape.filterWidth(),
          shape.strideHeight(),
          shape.strideWidth(),
          shape.dilationHeight(),
          shape.dilationWidth());
    }

    /** From the first row that a place sees to the last. */
    int reachDown() {
      return (rows - 1) * rowStep;
    }

    int reachRight() {
      return (columns - 1) * columnStep;
    }
  }

  /** That of {@code conv2d}, and of the gradient of its filters; null where it is none. */
  static DirectPlan of(WindowShape all, Precision precision) {
    WindowShape shape = all.ofGroup();
    return cut(
        new DirectPlan(
            precision,
            shape.images(),
            all.groups(),
            shape.channels(),
            shape.height(),
            shape.width(),
            shape.padHeight(),
            shape.padWidth(),
            shape.filters(),
            shape.outHeight(),
            shape.outWidth(),
            Window.of(shape),
            1));
  }

  /** That of the gradient of the images; null where it is none. */
  static DirectPlan ofDataGradient(WindowShape all, Precision precision) {
    WindowShape shape = all.ofGroup();
    Window window = Window.of(shape);
    if (window.down != 1 || window.right != 1) {
      return null;
    }
    return cut(
        new DirectPlan(
            precision,
            shape.images(),
            all.groups(),
            shape.filters(),
            shape.outHeight(),
            shape.outWidth(),
            window.reachDown() - shape.padHeight(),
            window.reachRight() - shape.padWidth(),
            shape.channels(),
            shape.height(),
            shape.width(),
            window,
            1));
  }

  private static DirectPlan cut(DirectPlan whole) {
    if (PanelSums.find(whole.precision) == null || !whole.pays()) {
      return null;
    }
    long perRow =
        Math.max(
            (long) whole.channels * whole.window.down * whole.paddedWidth(),
            (long) whole.outWidth * whole.paddedTargets());
    long rows = Math.clamp(STEP_CELLS / perRow, 1, whole.outHeight);
    long bands = ConvolutionPlan.pieces(whole.outHeight, rows);
    int perBand = (int) ConvolutionPlan.pieces(whole.outHeight, bands);
    return whole.withRowsPerStep(perBand);
  }

  private DirectPlan withRowsPerStep(int rows) {
    return new DirectPlan(
        precision, images, groups, channels, height, width, padTop, padLeft, targets, outHeight,
        outWidth, window, rows);
  }

  private boolean pays() {
    return images > 0
        && window.cells() > 1
        && channels * window.cells() >= FEWEST_TERMS
        && paddedTargets() - targets <= MOST_WASTE * targets;
  }

  /** Whether it is faster than tiles, where both can be had. */
  boolean beatsTiles() {
    return precision == Precision.FP32;
  }

  int bytes() {
    return precision.bytesPerCell();
  }

  /** Planes of a panel. */
  int lanes() {
    return PanelSums.PANEL_BYTES / bytes();
  }

  /** Panels of a group. */
  int panels() {
    return (int) ConvolutionPlan.pieces(targets, lanes());
  }

  /** Planes that are written, with those that fill the last panel. */
  int paddedTargets() {
    return panels() * lanes();
  }

  /** Columns of the padded planes, as far as places see them. */
  int paddedWidth() {
    return (outWidth - 1) * window.right + window.reachRight() + 1;
  }

  /** Rows of the padded planes that so many rows of outputs see. */
  int paddedRows(int rows) {
    return (rows - 1) * window.down + window.reachDown() + 1;
  }

  /** Cells of the padded planes of a step, at most. */
  long paddedCells() {
    return Math.multiplyExact(channels, (long) paddedRows(rowsPerStep) * paddedWidth());
  }

  /** Cells of the outputs of a step, at most, with planes that fill the last panel. */
  long outputCells() {
    return Math.multiplyExact((long) rowsPerStep * outWidth, paddedTargets());
  }

  /** Cells of the filters of a panel. */
  long panelCells() {
    return (long) channels * window.cells() * lanes();
  }

  /** Blocks of channels, whose sums are added. */
  int channelBlocks() {
    int each = Math.max(1, MOST_TERMS / window.cells());
    return (int) ConvolutionPlan.pieces(channels, each);
  }

  /** Blocks of so many rows of outputs, whose sums are added. */
  int rowBlocks(int rows) {
    int each = Math.max(1, MOST_TERMS / outWidth);
    return (int) ConvolutionPlan.pieces(rows, each);
  }

  /** Where image n of a group is, counted in images of one group. */
  long at(long image, int group) {
    return image * groups + group;
  }

  /** Steps of an image. */
  int bands() {
    return (int) ConvolutionPlan.pieces(outHeight, rowsPerStep);
  }

  /** Steps of a group. */
  long steps() {
    return images * bands();
  }

  /** The step of that number of a group. */
  Step step(long number, int group) {
    int from = (int) (number % bands()) * rowsPerStep;
    return new Step(at(number / bands(), group), from, Math.min(outHeight, from + rowsPerStep));
  }

  /** Some rows of outputs of an image. */
  record Step(long image, int from, int to) {
    int rows() {
      return to - from;
    }
  }
}
