package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Goes through the channels of images in blocks that lie in the nearest cache, brought to doubles
 * in arrays: for sums over all images, one per channel, and for results of the images' shape,
 * rounded in fp32. A block has whole channels of one image or several, or a part of a large one.
 *
 * @param precision of the images
 * @param images rows of the matrix
 * @param cells cells of a channel of an image
 */
record ChannelBlocks(
    Parallel parallel,
    ExecutionContext context,
    Precision precision,
    long images,
    int channels,
    long cells) {
  private static final long CELLS_PER_TASK = 1 << 15;
  private static final int BLOCK = 1024;

  /** Adds the cells of some indices, all of one channel, to a sum. */
  @FunctionalInterface
  interface Span {
    double add(double sum, int channel, double[][] blocks, int from, int to);
  }

  /** Computes the cells of some indices, all of one channel. */
  @FunctionalInterface
  interface Work {
    void run(int channel, double[][] blocks, int from, int to);
  }

  /** What is done with cells of a channel; those of all images of a task are numbered from 0. */
  @FunctionalInterface
  private interface Piece {
    void run(int number, int channel, int from, int to);
  }

  private long imagesPerTask() {
    return Math.max(1, CELLS_PER_TASK / Math.max(1, channels * cells));
  }

  /**
   * One sum per channel. Each task sums some images into numbers of its own, which are added in the
   * order of the tasks.
   *
   * @param sources whose blocks the span gets, in this order
   */
  double[] sum(Span span, DenseMatrix... sources) {
    long perTask = imagesPerTask();
    int tasks = Math.toIntExact(Parallel.chunks(images, perTask));
    double[] partial = new double[tasks * channels];
    parallel.forRange(
        context,
        images,
        perTask,
        (from, to) -> {
          double[] sums = new double[Math.toIntExact((to - from) * channels)];
          double[][] blocks = new double[sources.length][blockCells(to - from)];
          visit(
              from,
              to,
              sources,
              blocks,
              null,
              (number, channel, start, end) ->
                  sums[number] = span.add(sums[number], channel, blocks, start, end));
          addImages(sums, partial, (int) (from / perTask) * channels);
        });
    double[] sums = new double[channels];
    addImages(partial, sums, 0);
    return sums;
  }

  /** Adds numbers of channels, image by image. */
  private void addImages(double[] numbers, double[] sums, int at) {
    for (int image = 0; image < numbers.length; image += channels) {
      for (int c = 0; c < channels; c++) {
        sums[at + c] += numbers[image + c];
      }
    }
  }

  /**
   * Computes a matrix.
   *
   * @param out written from the last block
   * @param sources whose blocks the work gets before that one, in this order
   */
  void map(Work work, DenseMatrix out, DenseMatrix... sources) {
    parallel.forRange(
        context,
        images,
        imagesPerTask(),
        (from, to) -> {
          double[][] blocks = new double[sources.length + 1][blockCells(to - from)];
          visit(
              from,
              to,
              sources,
              blocks,
              out,
              (_, channel, start, end) -> work.run(channel, blocks, start, end));
        });
  }

  /** Cells of a block, at most: all channels of so many images, where these are small. */
  private int blockCells(long count) {
    long most = cells == 0 || cells > BLOCK ? BLOCK : BLOCK / cells * cells;
    return (int) Math.min(most, count * channels * cells);
  }

  private void visit(
      long from, long to, DenseMatrix[] sources, double[][] blocks, DenseMatrix out, Piece piece) {
    int most = blockCells(to - from);
    CellBlocks loader = new CellBlocks(precision, most);
    long end = to * channels * cells;
    int number = 0;
    int channel = 0;
    int n;
    for (long at = from * channels * cells; at < end; at += n) {
      long left = cells <= BLOCK ? end - at : cells - at % cells;
      n = (int) Math.min(most, left);
      for (int i = 0; i < sources.length; i++) {
        loader.load(sources[i].segment(), at, blocks[i], 0, n);
      }
      for (int start = 0; start < n; ) {
        int stop = (int) Math.min(n, start + cells);
        piece.run(number, channel, start, stop);
        start = stop;
        if (cells <= BLOCK || n == left) {
          number++;
          channel = channel + 1 == channels ? 0 : channel + 1;
        }
      }
      if (out != null) {
        loader.store(blocks[sources.length], 0, out.segment(), at, n);
      }
    }
  }
}
