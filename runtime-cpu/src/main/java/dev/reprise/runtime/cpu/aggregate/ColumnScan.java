package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Folds all rows of a matrix by streaming them in memory order.
 *
 * <pre>
 *   wide:   strips of 1024 columns, each cut into chunks of rows
 *   narrow: k rows count as one row of k * cols columns, folded onto cols columns at the end
 * </pre>
 *
 * <p>Strips and chunks follow from the shape alone and are merged in order, so the bits do not
 * depend on the number of threads.
 */
final class ColumnScan {
  private static final int STRIP = 1024;
  private static final int NARROW = 256;
  private static final long CHUNK_CELLS = 1 << 16;
  private static final long MOST_CHUNKS = 1024;

  private final MemorySegment cells;
  private final long cols;

  /** Rows that count as one. */
  private final int together;

  private final long wideRows;
  private final long wideCols;

  /** Rows at the end that do not fill a wide one. */
  private final int leftOver;

  private final long chunkRows;

  ColumnScan(DenseMatrix x) {
    cells = x.segment();
    cols = x.cols();
    together = cols >= NARROW ? 1 : (int) Math.max(1, Math.min(NARROW / cols, x.rows()));
    wideRows = x.rows() / together;
    wideCols = cols * together;
    leftOver = (int) (x.rows() % together);
    long strips = Parallel.chunks(wideCols, STRIP);
    long fewest = Math.max(ColumnFold.ROWS, CHUNK_CELLS / Math.min(wideCols, STRIP));
    long forMost = Parallel.chunks(wideRows, Math.max(1, MOST_CHUNKS / strips));
    chunkRows = Parallel.chunks(Math.max(fewest, forMost), ColumnFold.ROWS) * ColumnFold.ROWS;
  }

  /** One result per column. */
  double[] fold(Parallel parallel, ExecutionContext context, ColumnFold fold) {
    double[] results = new double[Math.toIntExact(cols)];
    int strips = (int) Parallel.chunks(wideCols, STRIP);
    int chunks = (int) Math.max(1, Parallel.chunks(wideRows, chunkRows));
    double[][] states = new double[strips * chunks][];
    parallel.forEach(
        context,
        states.length,
        task -> {
          int strip = (int) (task / chunks);
          long from = task % chunks * chunkRows;
          states[(int) task] = chunk(fold, strip, from, Math.min(wideRows, from + chunkRows));
        });
    for (int strip = 0; strip < strips; strip++) {
      double[][] parts = Arrays.copyOfRange(states, strip * chunks, (strip + 1) * chunks);
      finish(fold, strip, parts, results);
    }
    return results;
  }

  private int widthOf(int strip) {
    return (int) Math.min(STRIP, wideCols - (long) strip * STRIP);
  }

  private double[] chunk(ColumnFold fold, int strip, long from, long to) {
    int width = widthOf(strip);
    long firstCol = (long) strip * STRIP;
    double[] state = fold.start(width);
    double[] block = new double[(int) Math.min(ColumnFold.ROWS, Math.max(1, to - from)) * width];
    for (long row = from; row < to; row += ColumnFold.ROWS) {
      int rows = (int) Math.min(ColumnFold.ROWS, to - row);
      if (width == wideCols) {
        MemorySegment.copy(cells, Run.CELL, 8 * row * wideCols, block, 0, rows * width);
      } else {
        for (int i = 0; i < rows; i++) {
          MemorySegment.copy(
              cells, Run.CELL, 8 * ((row + i) * wideCols + firstCol), block, i * width, width);
        }
      }
      fold.add(state, block, rows, width, firstCol);
    }
    return state;
  }

  /** Merges the chunks of a strip in order, and for narrow matrices the rows that were one. */
  private void finish(ColumnFold fold, int strip, double[][] parts, double[] results) {
    int width = widthOf(strip);
    double[] state = parts[0];
    for (int i = 1; i < parts.length; i++) {
      fold.merge(state, width, parts[i], width, 0);
    }
    double[] narrow = state;
    int narrowWidth = width;
    if (together > 1) {
      narrowWidth = (int) cols;
      narrow = fold.start(narrowWidth);
      for (int i = 0; i < together; i++) {
        fold.merge(narrow, narrowWidth, state, width, i * narrowWidth);
      }
      double[] row = new double[narrowWidth];
      for (int i = 0; i < leftOver; i++) {
        long at = 8 * (wideRows * wideCols + i * cols);
        MemorySegment.copy(cells, Run.CELL, at, row, 0, narrowWidth);
        fold.add(narrow, row, 1, narrowWidth, 0);
      }
    }
    for (int j = 0; j < narrowWidth; j++) {
      results[strip * STRIP + j] = fold.result(narrow, narrowWidth, j);
    }
  }

  /** One center per column, repeated as often as rows are folded as one. */
  double[] repeated(double[] centers) {
    double[] repeated = new double[Math.toIntExact(wideCols)];
    for (int i = 0; i < together; i++) {
      System.arraycopy(centers, 0, repeated, i * centers.length, centers.length);
    }
    return repeated;
  }
}
