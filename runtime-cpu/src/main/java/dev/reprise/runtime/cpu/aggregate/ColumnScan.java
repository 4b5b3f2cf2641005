package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.CellSource.Stored;
import dev.reprise.runtime.cpu.Parallel;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * Folds all rows of a matrix by streaming them in memory order.
 *
 * <pre>
 *   wide:   strips of 1024 columns, each cut into chunks of rows
 *   narrow: k rows count as one row of k * cols columns, folded onto cols columns at the end
 *   or each row by itself
 * </pre>
 *
 * <p>Strips and chunks follow from the shape alone and are merged in order, so the bits do not
 * depend on the number of threads.
 */
final class ColumnScan {
  private static final int STRIP = 1024;
  private static final int NARROW = 256;
  private static final long SMALL_CELLS = 4096;
  private static final long CHUNK_CELLS = 1 << 16;
  private static final long MOST_CHUNKS = 1024;

  /** Cells of rows that are brought together: copies out of memory are slow in the first calls. */
  private static final int BLOCK = 1024;

  /** So many are done sooner than a second thread is there, where they are fast. */
  private static final int MOST_FAST_CHUNKS = 4;

  private final CellSource source;
  private final int cols;

  /** Rows that count as one. */
  private final int together;

  private final long wideRows;
  private final long wideCols;

  /** Rows at the end that do not fill a wide one. */
  private final int leftOver;

  private final long chunkRows;

  ColumnScan(CellSource x) {
    this(x, x.cells() <= SMALL_CELLS || x.cols() >= NARROW ? 1 : NARROW / (int) x.cols());
  }

  /** For folds that count rows: those of narrow matrices, too, are taken one by one. */
  static ColumnScan rowByRow(CellSource x) {
    return new ColumnScan(x, 1);
  }

  private ColumnScan(CellSource x, int together) {
    this.source = x;
    this.together = together;
    cols = Math.toIntExact(x.cols());
    wideRows = x.rows() / together;
    wideCols = (long) cols * together;
    leftOver = (int) (x.rows() % together);
    long strips = Parallel.chunks(wideCols, STRIP);
    long fewest = Math.max(ColumnFold.FLUSH_ROWS, CHUNK_CELLS / Math.min(wideCols, STRIP));
    long forMost = Parallel.chunks(wideRows, Math.max(1, MOST_CHUNKS / strips));
    chunkRows =
        Parallel.chunks(Math.max(fewest, forMost), ColumnFold.FLUSH_ROWS) * ColumnFold.FLUSH_ROWS;
  }

  /** One result per column. */
  double[] fold(Parallel parallel, ExecutionContext context, ColumnFold.Start start) {
    double[] results = new double[cols];
    int strips = (int) Parallel.chunks(wideCols, STRIP);
    int chunks = (int) Math.max(1, Parallel.chunks(wideRows, chunkRows));
    if (strips * chunks == 1) {
      finish(start, 0, new ColumnFold[] {chunk(start, 0, 0, wideRows)}, results);
      return results;
    }
    ColumnFold[] folds = new ColumnFold[strips * chunks];
    LongConsumer work =
        task -> {
          int strip = (int) (task / chunks);
          long from = task % chunks * chunkRows;
          folds[(int) task] = chunk(start, strip, from, Math.min(wideRows, from + chunkRows));
        };
    if (folds.length <= MOST_FAST_CHUNKS && start.isFast(source)) {
      LongStream.range(0, folds.length).forEach(work);
    } else {
      parallel.forEach(context, folds.length, work);
    }
    for (int strip = 0; strip < strips; strip++) {
      ColumnFold[] parts = Arrays.copyOfRange(folds, strip * chunks, (strip + 1) * chunks);
      finish(start, strip, parts, results);
    }
    return results;
  }

  private ColumnFold chunk(ColumnFold.Start start, int strip, long from, long to) {
    long firstCol = (long) strip * STRIP;
    int width = (int) Math.min(STRIP, wideCols - firstCol);
    ColumnFold fold = start.of(width, firstCol);
    if (source instanceof Stored(var matrix)
        && fold.rows(matrix, from * wideCols + firstCol, wideCols, to - from)) {
      return fold;
    }
    // Whole rows lie together.
    int most = width == wideCols ? Math.clamp(to - from, 1, Math.max(1, BLOCK / width)) : 1;
    double[] rows = new double[most * width];
    double[] row = new double[width];
    CellReader cells = source.reader(rows.length);
    for (long i = from; i < to; i += most) {
      int count = (int) Math.min(most, to - i);
      cells.read(i * wideCols + firstCol, rows, count * width);
      fold(fold, rows, row, count, i - from);
    }
    fold.flush();
    return fold;
  }

  /** Folds some rows, the first of which is so many behind the first one of the chunk. */
  private static void fold(ColumnFold fold, double[] rows, double[] row, int count, long first) {
    for (int k = 0; k < count; k++) {
      System.arraycopy(rows, k * row.length, row, 0, row.length);
      fold.row(row);
      if ((first + k) % ColumnFold.FLUSH_ROWS == ColumnFold.FLUSH_ROWS - 1) {
        fold.flush();
      }
    }
  }

  /** Merges the chunks of a strip in order, and for narrow matrices the rows that were one. */
  private void finish(ColumnFold.Start start, int strip, ColumnFold[] parts, double[] results) {
    ColumnFold fold = parts[0];
    for (int i = 1; i < parts.length; i++) {
      fold.merge(parts[i], 0);
    }
    if (together > 1) {
      fold = narrow(start, fold);
    }
    int first = strip * STRIP;
    for (int j = first; j < Math.min(first + STRIP, cols); j++) {
      results[j] = fold.result(j - first);
    }
  }

  private ColumnFold narrow(ColumnFold.Start start, ColumnFold wide) {
    ColumnFold narrow = start.of(cols, 0);
    for (int i = 0; i < together; i++) {
      narrow.merge(wide, i * cols);
    }
    double[] row = new double[cols];
    CellReader cells = source.reader(cols);
    for (int i = 0; i < leftOver; i++) {
      cells.read(wideRows * wideCols + (long) i * cols, row, cols);
      narrow.row(row);
      narrow.flush();
    }
    return narrow;
  }

  /** One value per column, repeated as often as rows are folded as one. */
  double[] repeated(double[] values) {
    double[] repeated = new double[Math.toIntExact(wideCols)];
    for (int i = 0; i < together; i++) {
      System.arraycopy(values, 0, repeated, i * cols, cols);
    }
    return repeated;
  }
}
