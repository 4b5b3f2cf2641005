package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Sums over all images, one per channel. Each task sums some images into numbers of its own, which
 * are added in the order of the tasks.
 *
 * @param images rows of the matrix
 * @param cells cells of a channel of an image
 */
record ChannelSums(
    Parallel parallel, ExecutionContext context, long images, int channels, long cells) {
  private static final long CELLS_PER_TASK = 1 << 15;

  /** The sum over the cells of one channel of one image, which begins at {@code from}. */
  @FunctionalInterface
  interface Span {
    double sum(int channel, long from, long to);
  }

  /** The work on one channel of one image. */
  @FunctionalInterface
  interface Work {
    void run(int channel, long from, long to);
  }

  private long imagesPerTask() {
    return Math.max(1, CELLS_PER_TASK / Math.max(1, channels * cells));
  }

  double[] sum(Span span) {
    long perTask = imagesPerTask();
    int tasks = Math.toIntExact(Parallel.chunks(images, perTask));
    double[] partial = new double[tasks * channels];
    parallel.forRange(
        context,
        images,
        perTask,
        (from, to) -> {
          int at = (int) (from / perTask) * channels;
          for (long image = from; image < to; image++) {
            for (int c = 0; c < channels; c++) {
              long start = (image * channels + c) * cells;
              partial[at + c] += span.sum(c, start, start + cells);
            }
          }
        });
    double[] sums = new double[channels];
    for (int i = 0; i < partial.length; i++) {
      sums[i % channels] += partial[i];
    }
    return sums;
  }

  /** Calls the body for each channel of each image. */
  void forEach(Work work) {
    parallel.forRange(
        context,
        images,
        imagesPerTask(),
        (from, to) -> {
          for (long image = from; image < to; image++) {
            for (int c = 0; c < channels; c++) {
              long start = (image * channels + c) * cells;
              work.run(c, start, start + cells);
            }
          }
        });
  }
}
