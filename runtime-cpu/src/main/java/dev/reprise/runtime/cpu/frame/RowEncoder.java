package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Encodes the rows of a frame to a matrix, block after block: each column of a block on its own,
 * without a call per cell, then the block's rows together.
 */
final class RowEncoder {
  /** Numbers of a block of the result: half a megabyte, which stays in the second-level cache. */
  private static final int BLOCK_CELLS = 1 << 16;

  private static final int MOST_ROWS = 1024;

  private final Encoding encoding;
  private final Frame frame;
  private final ChosenRows rows;
  private final double[] fills;
  private final int blockRows;

  /** Cells of a row that can be other than zero. */
  private final long mostPerRow;

  /** Prepares the encoding of chosen rows. */
  RowEncoder(Encoding encoding, Frame frame, ChosenRows rows) {
    this.encoding = encoding;
    this.frame = frame;
    this.rows = rows;
    this.fills = new double[encoding.columns()];
    Arrays.setAll(fills, encoding::fill);
    this.blockRows = Math.clamp(BLOCK_CELLS / Math.max(1, encoding.width()), 1, MOST_ROWS);
    long most = 0;
    for (int c = 0; c < encoding.columns(); c++) {
      most += encoding.isDummycoded(c) ? 1 : encoding.encoder(c).width();
    }
    this.mostPerRow = most;
  }

  /** The matrix, which the caller owns; sparse when each row has few cells other than zero. */
  MatrixOperand encode(Parallel parallel, ExecutionContext context) {
    boolean sparse =
        SparseMatrix.isWorthwhile(rows.count(), encoding.width(), mostPerRow * rows.count());
    return sparse ? sparse(parallel, context) : dense(parallel, context);
  }

  private DenseMatrix dense(Parallel parallel, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix matrix = scratch.matrix(rows.count(), encoding.width());
      parallel.forRange(
          context, rows.count(), blockRows, (from, to) -> dense(matrix, (int) from, (int) to));
      return scratch.keep(matrix);
    }
  }

  private void dense(DenseMatrix matrix, int from, int to) {
    int width = encoding.width();
    double[] block = new double[(to - from) * width];
    double[] scratch = new double[to - from];
    for (int c = 0; c < encoding.columns(); c++) {
      double[] codes = codes(c, from, to, scratch);
      int begin = encoding.begin(c);
      if (encoding.isDummycoded(c)) {
        setOnes(codes, to - from, block, begin, width);
      } else {
        scatter(codes, to - from, encoding.encoder(c).width(), block, begin, width);
      }
    }
    MemorySegment.copy(
        block, 0, matrix.segment(), ValueLayout.JAVA_DOUBLE, 8L * from * width, block.length);
  }

  private static void setOnes(double[] codes, int rows, double[] block, int begin, int width) {
    for (int i = 0, at = begin - 1; i < rows; i++, at += width) {
      double code = codes[i];
      // NaN is no column: a missing or unknown category is all zeros.
      if (code == code) {
        block[at + (int) code] = 1;
      }
    }
  }

  private static void scatter(
      double[] codes, int rows, int count, double[] block, int begin, int width) {
    if (count == 1) {
      for (int i = 0, at = begin; i < rows; i++, at += width) {
        block[at] = codes[i];
      }
      return;
    }
    for (int i = 0; i < rows; i++) {
      System.arraycopy(codes, i * count, block, i * width + begin, count);
    }
  }

  /**
   * The numbers of one column, filled.
   *
   * @param scratch room for one number per row
   */
  private double[] codes(int c, int from, int to, double[] scratch) {
    ColumnEncoder encoder = encoding.encoder(c);
    int width = encoder.width();
    boolean isPlain = width == 1 && !(encoder instanceof BagOfWords);
    double[] codes = isPlain ? scratch : new double[(to - from) * width];
    encoder.encode(frame, c, rows, from, to, codes);
    if (!Double.isNaN(fills[c])) {
      for (int i = 0; i < (to - from) * width; i++) {
        codes[i] = Double.isNaN(codes[i]) ? fills[c] : codes[i];
      }
    }
    return codes;
  }

  private SparseMatrix sparse(Parallel parallel, ExecutionContext context) {
    long chunk = Parallel.chunk(rows.count(), MOST_ROWS);
    long[] counts = new long[Math.toIntExact(Parallel.chunks(rows.count(), chunk))];
    return mostPerRow > 2L * encoding.columns()
        ? counted(chunk, counts, parallel, context)
        : guessed(chunk, counts, parallel, context);
  }

  /** Encodes twice, once to count: a text may hold a thousand words, and most hold a few. */
  private SparseMatrix counted(
      long chunk, long[] counts, Parallel parallel, ExecutionContext context) {
    parallel.forRange(
        context,
        rows.count(),
        chunk,
        (from, to) -> counts[(int) (from / chunk)] = fill(null, (int) from, (int) to, 0));
    long[] begins = begins(counts);
    try (Scratch scratch = new Scratch(context.allocator())) {
      SparseMatrix matrix = scratch.own(allocate(begins[counts.length], context));
      parallel.forRange(
          context,
          rows.count(),
          chunk,
          (from, to) -> fill(matrix, (int) from, (int) to, begins[(int) (from / chunk)]));
      matrix.setStart(rows.count(), begins[counts.length]);
      return scratch.keep(matrix);
    }
  }

  /**
   * Encodes into room for as many values as there can be, each chunk of rows where it begins if
   * those before are full; they are brought together where they are not.
   */
  private SparseMatrix guessed(
      long chunk, long[] counts, Parallel parallel, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      SparseMatrix most = scratch.own(allocate(mostPerRow * rows.count(), context));
      parallel.forRange(
          context,
          rows.count(),
          chunk,
          (from, to) ->
              counts[(int) (from / chunk)] = fill(most, (int) from, (int) to, mostPerRow * from));
      long[] begins = begins(counts);
      most.setStart(rows.count(), begins[counts.length]);
      if (begins[counts.length] == most.nonZeros()) {
        return scratch.keep(most);
      }
      SparseMatrix matrix = scratch.own(allocate(begins[counts.length], context));
      parallel.forRange(
          context,
          rows.count(),
          chunk,
          (from, to) -> {
            int i = (int) (from / chunk);
            SparseBlock.move(most, matrix, from, to, begins[i], counts[i]);
          });
      matrix.setStart(rows.count(), begins[counts.length]);
      return scratch.keep(matrix);
    }
  }

  private SparseMatrix allocate(long values, ExecutionContext context) {
    return SparseMatrix.allocate(context.allocator(), rows.count(), encoding.width(), values);
  }

  /** Where the values of chunks begin; behind them, how many there are. */
  private static long[] begins(long[] counts) {
    long[] begins = new long[counts.length + 1];
    for (int i = 0; i < counts.length; i++) {
      begins[i + 1] = begins[i] + counts[i];
    }
    return begins;
  }

  /**
   * Encodes a chunk of rows.
   *
   * @param into null to count only
   * @param first the position of the chunk's first value
   * @return how many values it has
   */
  private long fill(SparseMatrix into, int from, int to, long first) {
    int together = Math.clamp(BLOCK_CELLS / Math.max(1, mostPerRow), 1, MOST_ROWS);
    SparseBlock block = new SparseBlock(together, (int) mostPerRow);
    double[] scratch = new double[together];
    long at = first;
    for (int row = from, end; row < to; row = end) {
      end = row + Math.min(together, to - row);
      block.clear(end - row);
      for (int c = 0; c < encoding.columns(); c++) {
        double[] codes = codes(c, row, end, scratch);
        if (encoding.isDummycoded(c)) {
          block.addOnes(codes, encoding.begin(c));
        } else {
          block.add(codes, encoding.begin(c), encoding.encoder(c).width());
        }
      }
      at += block.pack(at);
      if (into != null) {
        block.store(into, row);
      }
    }
    return at - first;
  }
}
