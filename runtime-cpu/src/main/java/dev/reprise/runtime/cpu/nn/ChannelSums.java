package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Goes through the channels of all images: for sums, one per channel, and for results of the
 * images' shape. Each task sums some images into numbers of its own, which are added in the order
 * of the tasks.
 *
 * @param images rows of the matrices
 * @param cells cells of a channel of an image
 */
record ChannelSums(
    Parallel parallel, ExecutionContext context, long images, int channels, long cells) {
  private static final long CELLS_PER_TASK = 1 << 15;

  /** The sum over the cells of one channel of one image. */
  @FunctionalInterface
  interface Span {
    double sum(int channel, ChannelCells[] images);
  }

  /** Computes the cells of one channel of one image. */
  @FunctionalInterface
  interface Work {
    void run(int channel, ChannelCells[] images, ChannelCells out);
  }

  private long imagesPerTask() {
    return Math.max(1, CELLS_PER_TASK / Math.max(1, channels * cells));
  }

  /** The sums over these matrices, which a span sees in this order. */
  double[] sum(Span span, DenseMatrix... sources) {
    long perTask = imagesPerTask();
    int tasks = Math.toIntExact(Parallel.chunks(images, perTask));
    double[] partial = new double[tasks * channels];
    parallel.forRange(
        context,
        images,
        perTask,
        (from, to) -> {
          int at = (int) (from / perTask) * channels;
          ChannelCells[] read = cells(sources);
          for (long image = from; image < to; image++) {
            for (int c = 0; c < channels; c++) {
              read(read, image * channels + c);
              partial[at + c] += span.sum(c, read);
            }
          }
        });
    double[] sums = new double[channels];
    for (int i = 0; i < partial.length; i++) {
      sums[i % channels] += partial[i];
    }
    return sums;
  }

  /** Computes a matrix from these, which the work sees in this order. */
  void map(Work work, DenseMatrix out, DenseMatrix... sources) {
    parallel.forRange(
        context,
        images,
        imagesPerTask(),
        (from, to) -> {
          ChannelCells[] read = cells(sources);
          ChannelCells written = new ChannelCells(out, cells);
          for (long image = from; image < to; image++) {
            for (int c = 0; c < channels; c++) {
              read(read, image * channels + c);
              written.write(image * channels + c);
              work.run(c, read, written);
              written.written();
            }
          }
        });
  }

  private ChannelCells[] cells(DenseMatrix[] sources) {
    ChannelCells[] read = new ChannelCells[sources.length];
    for (int i = 0; i < read.length; i++) {
      read[i] = new ChannelCells(sources[i], cells);
    }
    return read;
  }

  private static void read(ChannelCells[] images, long channel) {
    for (ChannelCells image : images) {
      image.read(channel);
    }
  }
}
