package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.operation.WindowShape;

/**
 * How a direct convolution is cut, one whose products are taken where the images lie; follows from
 * its shape and precision alone. All groups are cut in the same way. A step is some rows of outputs
 * of one image; a panel is as many planes that are written as have 64 bytes.
 *
 * @param planes that are read and written
 * @param window the filters, their strides and dilations
 * @param rowsPerStep rows of outputs
 */
record DirectPlan(Precision precision, PlaneConvolution planes, Window window, int rowsPerStep) {

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
    return cut(precision, PlaneConvolution.of(all), Window.of(all));
  }

  /** That of the gradient of the images; null where it is none. */
  static DirectPlan ofDataGradient(WindowShape all, Precision precision) {
    Window window = Window.of(all);
    return window.down == 1 && window.right == 1
        ? cut(precision, PlaneConvolution.ofDataGradient(all), window)
        : null;
  }

  private static DirectPlan cut(Precision precision, PlaneConvolution planes, Window window) {
    DirectPlan byRow = new DirectPlan(precision, planes, window, 1);
    if (PanelPacking.find(precision) == null || !byRow.pays()) {
      return null;
    }
    long perRow =
        Math.max(
            (long) planes.channels() * window.down * byRow.paddedWidth(),
            (long) planes.outWidth() * byRow.paddedTargets());
    long rows = Math.clamp(STEP_CELLS / perRow, 1, planes.outHeight());
    long bands = ConvolutionPlan.pieces(planes.outHeight(), rows);
    int perBand = (int) ConvolutionPlan.pieces(planes.outHeight(), bands);
    return new DirectPlan(precision, planes, window, perBand);
  }

  private boolean pays() {
    int targets = planes.targets();
    return planes.images() > 0
        && window.cells() > 1
        && planes.channels() * window.cells() >= FEWEST_TERMS
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
    return (int) ConvolutionPlan.pieces(planes.targets(), lanes());
  }

  /** Planes that are written, with those that fill the last panel. */
  int paddedTargets() {
    return panels() * lanes();
  }

  /** Columns of the padded planes, as far as places see them. */
  int paddedWidth() {
    return (planes.outWidth() - 1) * window.right + window.reachRight() + 1;
  }

  /** Rows of the padded planes that so many rows of outputs see. */
  int paddedRows(int rows) {
    return (rows - 1) * window.down + window.reachDown() + 1;
  }

  /** Cells of the padded planes of a step, at most. */
  long paddedCells() {
    return Math.multiplyExact(planes.channels(), (long) paddedRows(rowsPerStep) * paddedWidth());
  }

  /** Cells of the outputs of a step, at most, with planes that fill the last panel. */
  long outputCells() {
    return Math.multiplyExact((long) rowsPerStep * planes.outWidth(), paddedTargets());
  }

  /** Cells of the filters of a panel. */
  long panelCells() {
    return (long) planes.channels() * window.cells() * lanes();
  }

  /** Blocks of channels, whose sums are added. */
  int channelBlocks() {
    int each = Math.max(1, MOST_TERMS / window.cells());
    return (int) ConvolutionPlan.pieces(planes.channels(), each);
  }

  /** Blocks of so many rows of outputs, whose sums are added. */
  int rowBlocks(int rows) {
    int each = Math.max(1, MOST_TERMS / planes.outWidth());
    return (int) ConvolutionPlan.pieces(rows, each);
  }

  /** Steps of an image. */
  int bands() {
    return (int) ConvolutionPlan.pieces(planes.outHeight(), rowsPerStep);
  }

  /** Steps of a group. */
  long steps() {
    return planes.images() * bands();
  }

  /** The step of that number of a group. */
  Step step(long number, int group) {
    int from = (int) (number % bands()) * rowsPerStep;
    int to = Math.min(planes.outHeight(), from + rowsPerStep);
    return new Step(planes.at(number / bands(), group), from, to);
  }

  /** Some rows of outputs of an image. */
  record Step(long image, int from, int to) {
    int rows() {
      return to - from;
    }
  }
}
