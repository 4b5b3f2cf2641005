package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;

/**
 * Goes through the channels of all images: for sums, one per channel, and for results of the
 * images' shape. Cells are brought to doubles in arrays, a piece of a large channel or several
 * small channels at a time. Each task sums some images into numbers of its own, which are added in
 * the order of the tasks.
 *
 * @param precision of the matrices
 * @param images rows of the matrices
 * @param cells cells of a channel of an image
 */
record ChannelSums(
    Parallel parallel,
    ExecutionContext context,
    Precision precision,
    long images,
    int channels,
    long cells) {
  private static final long CELLS_PER_TASK = 1 << 15;
  private static final int BLOCK = 1024;

  /**
   * Adds what cells of one channel are summed to, those of arrays from an index to before another,
   * to sums of the channel, which begin at an index.
   */
  @FunctionalInterface
  interface Span {
    void add(int channel, double[][] images, int from, int to, double[] sums, int first);
  }

  /** Computes cells of one channel, likewise. */
  @FunctionalInterface
  interface Work {
    void run(int channel, double[][] images, double[] out, int from, int to);
  }

  /** As a span, in machine code: over n cells of the matrices. */
  @FunctionalInterface
  interface CodeSpan {
    void add(RowCode code, int channel, long at, long n, double[] sums, int first);
  }

  /** As work, in machine code. */
  @FunctionalInterface
  interface CodeWork {
    void run(RowCode code, int channel, long at, long n);
  }

  private long imagesPerTask() {
    return Math.max(1, CELLS_PER_TASK / Math.max(1, channels * cells));
  }

  /**
   * Sums over these matrices, which a span sees in this order; both ways give the same.
   *
   * @param count of sums of a channel
   * @return each sum of all channels
   */
  double[][] sums(int count, Span span, CodeSpan codeSpan, DenseMatrix... sources) {
    long perTask = imagesPerTask();
    int tasks = Math.toIntExact(Parallel.chunks(images, perTask));
    double[] partial = new double[tasks * channels * count];
    parallel.forRange(
        context,
        images,
        perTask,
        (from, to) -> {
          int task = (int) (from / perTask) * channels * count;
          if (RowCode.pays(cells)) {
            forEach(
                from,
                to,
                (code, channel, at, n) ->
                    codeSpan.add(code, channel, at, n, partial, task + channel * count));
            return;
          }
          Arrays arrays = new Arrays(sources);
          for (long image = from; image < to; image++) {
            arrays.forEach(
                image,
                (channel, first, end) ->
                    span.add(channel, arrays.read, first, end, partial, task + channel * count),
                null);
          }
        });
    double[][] sums = new double[count][channels];
    for (int i = 0; i < partial.length; i++) {
      sums[i % count][i / count % channels] += partial[i];
    }
    return sums;
  }

  /** Computes a matrix from these, which the work sees in this order. */
  void map(Work work, CodeWork codeWork, DenseMatrix out, DenseMatrix... sources) {
    parallel.forRange(
        context,
        images,
        imagesPerTask(),
        (from, to) -> {
          if (RowCode.pays(cells)) {
            forEach(from, to, codeWork);
            return;
          }
          Arrays arrays = new Arrays(sources);
          for (long image = from; image < to; image++) {
            arrays.forEach(
                image,
                (channel, first, end) -> work.run(channel, arrays.read, arrays.written, first, end),
                out);
          }
        });
  }

  /** Goes through some images, in the pieces that arrays would have. */
  private void forEach(long from, long to, CodeWork work) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      RowCode code = new RowCode(precision, scratch);
      for (long channel = from * channels; channel < to * channels; channel++) {
        for (long at = 0; at < cells; at += BLOCK) {
          int number = (int) (channel % channels);
          work.run(code, number, channel * cells + at, Math.min(BLOCK, cells - at));
        }
      }
    }
  }

  /** What is done with the cells of a channel, between two indices of the arrays. */
  @FunctionalInterface
  private interface Piece {
    void run(int channel, int first, int end);
  }

  /** The cells of a piece of an image; belongs to one thread. */
  private final class Arrays {
    private final DenseMatrix[] sources;
    private final int most = (int) Math.min(BLOCK, channels * cells);
    private final CellBlocks blocks = new CellBlocks(precision, most);
    private final double[][] read;
    private final double[] written = new double[most];

    Arrays(DenseMatrix[] sources) {
      this.sources = sources;
      this.read = new double[sources.length][most];
    }

    /**
     * Goes through an image.
     *
     * @param out what is written is stored there, unless null
     */
    void forEach(long image, Piece piece, DenseMatrix out) {
      long width = channels * cells;
      int step = (int) (cells > BLOCK ? BLOCK : BLOCK / Math.max(1, cells) * cells);
      for (long at = 0, count; at < width; at += count) {
        long end = cells > BLOCK ? at - at % cells + cells : width;
        count = Math.min(step, end - at);
        int n = (int) count;
        for (int i = 0; i < read.length; i++) {
          blocks.load(sources[i].segment(), image * width + at, read[i], 0, n);
        }
        for (int first = 0, next; first < n; first = next) {
          next = (int) Math.min(n, first + cells);
          piece.run((int) ((at + first) / cells), first, next);
        }
        if (out != null) {
          blocks.store(written, 0, out.segment(), image * width + at, n);
        }
      }
    }
  }
}
