package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.CellFunction;

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

  private long imagesPerTask() {
    return Math.max(1, CELLS_PER_TASK / Math.max(1, channels * cells));
  }

  /**
   * What machine code computes, with numbers of each channel.
   *
   * @param numbers each of all channels
   * @param sources the function's inputs
   */
  record Code(CellFunction function, double[][] numbers, DenseMatrix... sources) {}

  /**
   * Sums over matrices, which a span sees in their order; both ways give the same.
   *
   * @param count of sums of a channel: totals of the function
   * @return each sum of all channels
   */
  double[][] sums(int count, Span span, Code code) {
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
            runCode(code, null, from, to, count, partial, task);
            return;
          }
          Arrays arrays = new Arrays(code.sources);
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

  /** Computes a matrix from others, which the work sees in their order. */
  void map(Work work, Code code, DenseMatrix out) {
    parallel.forRange(
        context,
        images,
        imagesPerTask(),
        (from, to) -> {
          if (RowCode.pays(cells)) {
            runCode(code, out, from, to, 0, null, 0);
            return;
          }
          Arrays arrays = new Arrays(code.sources);
          for (long image = from; image < to; image++) {
            arrays.forEach(
                image,
                (channel, first, end) -> work.run(channel, arrays.read, arrays.written, first, end),
                out);
          }
        });
  }

  /**
   * Goes through some images, in the pieces that arrays would have: small channels of an image at a
   * time, or pieces of a channel.
   *
   * @param count of totals, which are added to sums from {@code first} on
   */
  private void runCode(
      Code code, DenseMatrix out, long from, long to, int count, double[] sums, int first) {
    boolean areWhole = cells <= BLOCK;
    int rows = areWhole ? channels : (int) (cells / BLOCK);
    RowsCode.Rows operands =
        out == null ? new RowsCode.Rows(code.sources) : new RowsCode.Rows(code.sources, out);
    RowsCode rowsCode = new RowsCode(precision, rows, code.numbers.length, count);
    if (areWhole) {
      for (int channel = 0; channel < channels; channel++) {
        setNumbers(rowsCode, code, channel, channel);
      }
      for (long image = from; image < to; image++) {
        rowsCode.run(code.function, operands, image * channels * cells, channels, cells);
        addTotals(rowsCode, 0, channels * count, sums, first);
      }
      return;
    }
    for (long plane = from * channels; plane < to * channels; plane++) {
      int channel = (int) (plane % channels);
      for (int row = 0; row < rows; row++) {
        setNumbers(rowsCode, code, row, channel);
      }
      int at = first + channel * count;
      rowsCode.run(code.function, operands, plane * cells, rows, BLOCK);
      for (int row = 0; row < rows; row++) {
        addTotals(rowsCode, row * count, count, sums, at);
      }
      long rest = cells % BLOCK;
      if (rest > 0) {
        rowsCode.run(code.function, operands, (plane + 1) * cells - rest, 1, rest);
        addTotals(rowsCode, 0, count, sums, at);
      }
    }
  }

  private static void setNumbers(RowsCode rows, Code code, int row, int channel) {
    int count = code.numbers.length;
    for (int i = 0; i < count; i++) {
      rows.number(row * count + i, code.numbers[i][channel]);
    }
  }

  /** Adds totals from one place on to sums from another one on. */
  private static void addTotals(RowsCode rows, int from, int count, double[] sums, int first) {
    for (int i = 0; i < count; i++) {
      sums[first + i] += rows.total(from + i);
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
