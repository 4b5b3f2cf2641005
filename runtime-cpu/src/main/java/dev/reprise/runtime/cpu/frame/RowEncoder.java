package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
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
  private final int[] rows;
  private final double[] fills;
  private final int blockRows;

  /**
   * Prepares the encoding of chosen rows.
   *
   * @param rows zero-based rows of the frame, in the order of the result
   */
  RowEncoder(Encoding encoding, Frame frame, int[] rows) {
    this.encoding = encoding;
    this.frame = frame;
    this.rows = rows;
    this.fills = new double[encoding.columns()];
    Arrays.setAll(fills, encoding::fill);
    this.blockRows = Math.clamp(BLOCK_CELLS / Math.max(1, encoding.width()), 1, MOST_ROWS);
  }

  /** The matrix, which the caller owns; sparse when each row has few cells other than zero. */
  MatrixOperand encode(Parallel parallel, ExecutionContext context) {
    long mostPerRow = 0;
    for (int c = 0; c < encoding.columns(); c++) {
      mostPerRow += encoding.isDummycoded(c) ? 1 : encoding.encoder(c).width();
    }
    boolean sparse =
        SparseMatrix.isWorthwhile(rows.length, encoding.width(), mostPerRow * rows.length);
    return sparse ? sparse(parallel, context) : dense(parallel, context);
  }

  private DenseMatrix dense(Parallel parallel, ExecutionContext context) {
    DenseMatrix matrix = DenseMatrix.allocate(context.allocator(), rows.length, encoding.width());
    try {
      parallel.forRange(
          context, rows.length, blockRows, (from, to) -> dense(matrix, (int) from, (int) to));
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private void dense(DenseMatrix matrix, int from, int to) {
    int width = encoding.width();
    double[] block = new double[(to - from) * width];
    for (int c = 0; c < encoding.columns(); c++) {
      double[] codes = codes(c, from, to);
      int begin = encoding.begin(c);
      if (encoding.isDummycoded(c)) {
        for (int i = 0; i < to - from; i++) {
          // NaN is no column: a missing or unknown category is all zeros.
          if (!Double.isNaN(codes[i])) {
            block[i * width + begin + (int) codes[i] - 1] = 1;
          }
        }
      } else {
        scatter(codes, encoding.encoder(c).width(), block, begin, width);
      }
    }
    MemorySegment.copy(
        block, 0, matrix.segment(), ValueLayout.JAVA_DOUBLE, 8L * from * width, block.length);
  }

  private static void scatter(double[] codes, int count, double[] block, int begin, int width) {
    if (count == 1) {
      for (int i = 0, at = begin; i < codes.length; i++, at += width) {
        block[at] = codes[i];
      }
      return;
    }
    for (int i = 0; i < codes.length / Math.max(1, count); i++) {
      System.arraycopy(codes, i * count, block, i * width + begin, count);
    }
  }

  /** The numbers of one column, filled. */
  private double[] codes(int c, int from, int to) {
    ColumnEncoder encoder = encoding.encoder(c);
    double[] codes = new double[(to - from) * encoder.width()];
    encoder.encode(frame, c, rows, from, to, codes);
    for (int i = 0; i < codes.length && !Double.isNaN(fills[c]); i++) {
      codes[i] = Double.isNaN(codes[i]) ? fills[c] : codes[i];
    }
    return codes;
  }

  /** The cells other than zero of a run of rows. */
  private static final class Entries {
    private final int[] ends;
    private int[] columns = new int[MOST_ROWS];
    private double[] values = new double[MOST_ROWS];
    private int size;

    Entries(int rows) {
      this.ends = new int[rows];
    }

    void add(int column, double value) {
      if (value == 0) {
        return;
      }
      if (size == columns.length) {
        columns = Arrays.copyOf(columns, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      columns[size] = column;
      values[size++] = value;
    }
  }

  private SparseMatrix sparse(Parallel parallel, ExecutionContext context) {
    Entries[] chunks = new Entries[Math.toIntExact(Parallel.chunks(rows.length, MOST_ROWS))];
    parallel.forRange(
        context,
        rows.length,
        MOST_ROWS,
        (from, to) -> chunks[(int) (from / MOST_ROWS)] = entries((int) from, (int) to));
    long[] starts = new long[chunks.length + 1];
    for (int i = 0; i < chunks.length; i++) {
      starts[i + 1] = starts[i] + chunks[i].size;
    }
    SparseMatrix matrix =
        SparseMatrix.allocate(
            context.allocator(), rows.length, encoding.width(), starts[chunks.length]);
    parallel.forEach(
        context,
        chunks.length,
        i -> write(chunks[(int) i], matrix, i * MOST_ROWS, starts[(int) i]));
    matrix.setStart(rows.length, starts[chunks.length]);
    return matrix;
  }

  private Entries entries(int from, int to) {
    double[][] codes = new double[encoding.columns()][];
    Arrays.setAll(codes, c -> codes(c, from, to));
    Entries entries = new Entries(to - from);
    for (int i = 0; i < to - from; i++) {
      for (int c = 0; c < codes.length; c++) {
        int begin = encoding.begin(c);
        if (encoding.isDummycoded(c)) {
          if (!Double.isNaN(codes[c][i])) {
            entries.add(begin + (int) codes[c][i] - 1, 1);
          }
          continue;
        }
        int width = encoding.encoder(c).width();
        for (int j = 0; j < width; j++) {
          entries.add(begin + j, codes[c][i * width + j]);
        }
      }
      entries.ends[i] = entries.size;
    }
    return entries;
  }

  private static void write(Entries entries, SparseMatrix matrix, long row, long start) {
    int at = 0;
    for (int i = 0; i < entries.ends.length; i++) {
      matrix.setStart(row + i, start + at);
      for (; at < entries.ends[i]; at++) {
        matrix.set(start + at, entries.columns[at], entries.values[at]);
      }
    }
  }
}
