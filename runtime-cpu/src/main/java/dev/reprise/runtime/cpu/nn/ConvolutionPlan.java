package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.operation.WindowShape;

/**
 * How the work of a convolution is cut; follows from its shape alone. Either a step handles some
 * output rows of one image, or, where outputs are small, several whole images at once. Groups are
 * convolutions of their own, all cut in the same way.
 *
 * @param shape of one group
 * @param imagesPerStep 1, or more where the output of an image is small
 * @param rowsPerStep output rows per step; all when a step has several images
 */
record ConvolutionPlan(WindowShape shape, int groups, int imagesPerStep, int rowsPerStep) {
  /** Cells of the patch matrix per step: 2 MiB, so that BLAS finds them in the cache. */
  private static final long PATCH_CELLS = 1 << 18;

  /** Columns per product that are enough for BLAS to run at full speed, nearly. */
  private static final long WIDE = 192;

  /** Tasks that we like to have, for as many cores. */
  private static final long TASKS = 16;

  /** Cells of a gradient of the filters up to which each task may have one of its own. */
  private static final long SMALL_GRADIENT = 1 << 16;

  static ConvolutionPlan of(WindowShape all) {
    WindowShape shape = all.ofGroup();
    int groups = all.groups();
    long cells = shape.outCells();
    if (2 * cells <= WIDE && shape.images() > 1) {
      // A sixteenth of the images at most, so that there is work for 16 cores.
      long most = Math.max(1, shape.images() / pieces(TASKS, groups));
      int images = (int) Math.min(most, WIDE / cells);
      return new ConvolutionPlan(shape, groups, images, shape.outHeight());
    }
    long perRow = shape.patchCells() * shape.outWidth();
    long rows = Math.max(PATCH_CELLS / perRow, (WIDE + shape.outWidth() - 1) / shape.outWidth());
    long bands = pieces(shape.outHeight(), Math.min(shape.outHeight(), rows));
    return new ConvolutionPlan(shape, groups, 1, (int) pieces(shape.outHeight(), bands));
  }

  /** Where image n of a group is, counted in images of one group. */
  long at(long image, int group) {
    return image * groups + group;
  }

  /** Steps over all images, were each step to have all rows. */
  long imageSteps() {
    return pieces(shape.images(), imagesPerStep);
  }

  /** Steps per image, or 1 where a step has several images. */
  int rowSteps() {
    return (int) pieces(shape.outHeight(), rowsPerStep);
  }

  /** Columns of the patch matrix in a step, at most. */
  long stepCols() {
    return imagesPerStep > 1
        ? imagesPerStep * shape.outCells()
        : (long) rowsPerStep * shape.outWidth();
  }

  /** Channels per task of the gradient of the data, which tasks write in disjoint planes. */
  int channelsPerDataTask() {
    long blocks = Math.min(shape.channels(), pieces(TASKS, Math.max(1, groups * imageSteps())));
    return (int) pieces(shape.channels(), blocks);
  }

  /** Channels per task of the gradient of the filters, which tasks write in disjoint columns. */
  int channelsPerFilterTask() {
    long cells = shape.filters() * shape.patchCells();
    long blocks = Math.min(Math.min(shape.channels(), TASKS), pieces(cells, SMALL_GRADIENT));
    return (int) pieces(shape.channels(), blocks);
  }

  /** Image steps per task of the gradient of the filters: one partial sum each. */
  long imageStepsPerFilterTask() {
    long blocks = pieces(shape.channels(), channelsPerFilterTask());
    long sums = Math.max(1, Math.min(imageSteps(), TASKS / (blocks * groups)));
    return Math.max(1, pieces(imageSteps(), sums));
  }

  static long pieces(long extent, long size) {
    return (extent + size - 1) / size;
  }
}
