package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.RectangleCopies;
import dev.reprise.runtime.cpu.code.RowCopies;
import java.lang.foreign.MemorySegment;

/** New matrices from chosen rows or columns of another. */
final class Gather {
  private static final long CHUNK_CELLS = 1 << 15;

  /** So many rows for each that is wanted cost as much as going to that one alone. */
  private static final int FAR = 8;

  /** Fewer are copied before code is called. */
  private static final long FEWEST_CELLS_OF_CODE = 1024;

  /** Columns of more cells stay outside the heap, of which few may be wanted. */
  private static final long MOST_CELLS_ON_HEAP = 1 << 22;

  private static final int BLOCK = BucketSort.PIECE;

  private Gather() {}

  /** The rows at zero-based positions, in that order. */
  static DenseMatrix rows(DenseMatrix x, int[] rows, Parallel parallel, ExecutionContext context) {
    long cols = x.cols();
    if (cols == 1 && x.precision() == Precision.FP64 && x.rows() <= MOST_CELLS_ON_HEAP) {
      return cells(ColumnCells.of(x, 0, parallel, context), rows, parallel, context);
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows.length, cols, x.precision());
    long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, cols));
    if (cols * rows.length >= FEWEST_CELLS_OF_CODE
        && RowCopies.fit(x.precision().bytesPerCell() * cols)) {
      copyByCode(x, rows, out, chunk, parallel, context);
    } else {
      parallel.forRange(
          context, rows.length, chunk, (from, to) -> copyRows(x, rows, out, (int) from, (int) to));
    }
    return out;
  }

  /** As {@link #rows}, at positions from 1 that are the cells of an fp64 column. */
  static DenseMatrix rowsAt(
      DenseMatrix x, DenseMatrix positions, Parallel parallel, ExecutionContext context) {
    long bytes = x.precision().bytesPerCell() * x.cols();
    if (!RowCopies.fit(bytes)) {
      return rows(x, rows(positions, parallel, context), parallel, context);
    }
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), positions.rows(), x.cols(), x.precision());
    parallel.forRange(
        context,
        positions.rows(),
        Math.max(1, CHUNK_CELLS / x.cols()),
        (from, to) ->
            RowCopies.run(
                Precision.FP64,
                positions.segment().address() + from * Double.BYTES,
                to - from,
                x.segment().address(),
                x.rows(),
                out.segment().address() + from * bytes,
                bytes));
    return out;
  }

  /** Zero-based. */
  private static int[] rows(DenseMatrix positions, Parallel parallel, ExecutionContext context) {
    double[] numbers = ColumnCells.of(positions, 0, parallel, context);
    int[] rows = new int[numbers.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (int) numbers[i] - 1;
    }
    return rows;
  }

  /** The cells of an fp64 column at zero-based positions, in that order. */
  static DenseMatrix cells(
      double[] column, int[] rows, Parallel parallel, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows.length, 1);
    parallel.forRange(
        context, rows.length, CHUNK_CELLS, (from, to) -> copyCells(column, rows, out, from, to));
    return out;
  }

  private static void copyCells(double[] column, int[] rows, DenseMatrix out, long from, long to) {
    double[] block = new double[(int) Math.min(BLOCK, to - from)];
    CellBlocks cells = new CellBlocks(out.precision(), block.length);
    for (long i = from; i < to; i += block.length) {
      int count = (int) Math.min(block.length, to - i);
      choose(column, rows, (int) i, count, block);
      cells.store(block, 0, out.segment(), i, count);
    }
  }

  private static void choose(double[] column, int[] rows, int from, int count, double[] block) {
    for (int i = 0; i < count; i++) {
      block[i] = column[rows[from + i]];
    }
  }

  /** By one call for the rows of a chunk. */
  private static void copyByCode(
      DenseMatrix x,
      int[] rows,
      DenseMatrix out,
      long chunk,
      Parallel parallel,
      ExecutionContext context) {
    long bytes = x.precision().bytesPerCell() * x.cols();
    parallel.forRange(
        context,
        rows.length,
        chunk,
        (from, to) ->
            RowCopies.run(
                numbers(rows, (int) from, (int) (to - from)),
                x.segment().address(),
                x.rows(),
                out.segment().address() + from * bytes,
                bytes));
  }

  private static double[] numbers(int[] rows, int from, int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = rows[from + i] + 1.0;
    }
    return numbers;
  }

  private static void copyRows(DenseMatrix x, int[] rows, DenseMatrix out, int from, int to) {
    long cols = x.cols();
    int next = cols < RowTile.LONG_RUN ? copyByTiles(x, rows, out, from, to) : from;
    MemorySegment source = x.segment();
    MemorySegment target = out.segment();
    boolean areRuns = cols >= RowTile.LONG_RUN || x.precision() != Precision.FP64;
    long bytes = x.precision().bytesPerCell() * cols;
    for (int i = next; i < to; i++) {
      long at = rows[i] * bytes;
      long atTarget = i * bytes;
      if (areRuns) {
        MemorySegment.copy(source, at, target, atTarget, bytes);
        continue;
      }
      for (long j = 0; j < cols; j++) {
        target.set(Region.CELL, atTarget + 8 * j, source.get(Region.CELL, at + 8 * j));
      }
    }
  }

  /**
   * Copies rows as long as they are in ascending order and near to each other.
   *
   * @return the first one that is not copied
   */
  private static int copyByTiles(DenseMatrix x, int[] rows, DenseMatrix out, int from, int to) {
    int most = RowTile.rowsOf(x.cols());
    RowTile in = new RowTile(x, most);
    RowTile kept = new RowTile(out, most);
    int next = from;
    while (next < to) {
      int first = rows[next];
      int end = next + 1;
      while (end < to && rows[end] > rows[end - 1] && rows[end] - first < most) {
        end++;
      }
      int seen = rows[end - 1] - first + 1;
      if (seen > FAR * (end - next)) {
        return next;
      }
      in.load(x, first, seen);
      in.copyRowsTo(kept, rows, next, end, first);
      kept.store(out, next, end - next);
      next = end;
    }
    return next;
  }

  /** The columns at zero-based positions, in that order. */
  static DenseMatrix columns(
      DenseMatrix x, int[] cols, Parallel parallel, ExecutionContext context) {
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), x.rows(), cols.length, x.precision());
    long chunk = Math.max(1, CHUNK_CELLS / Math.max(1, cols.length));
    parallel.forRange(
        context,
        x.rows(),
        chunk,
        (from, to) -> {
          if ((to - from) * cols.length >= FEWEST_CELLS_OF_CODE && RectangleCopies.areThere()) {
            copyColumnsByCode(x, cols, out, from, to);
            return;
          }
          if (Math.max(x.cols(), cols.length) <= RowTile.MOST_COLUMNS) {
            copyColumnsByTiles(x, cols, out, from, to);
            return;
          }
          for (long i = from; i < to; i++) {
            for (int j = 0; j < cols.length; j++) {
              out.set(i, j, x.get(i, cols[j]));
            }
          }
        });
    return out;
  }

  /** Adjacent columns by one call. */
  private static void copyColumnsByCode(
      DenseMatrix x, int[] cols, DenseMatrix out, long from, long to) {
    long bytes = x.precision().bytesPerCell();
    long source = x.segment().address() + from * x.cols() * bytes;
    long target = out.segment().address() + from * cols.length * bytes;
    int most = (int) (RectangleCopies.MOST_ROW_BYTES / bytes);
    for (int j = 0, end; j < cols.length; j = end) {
      end = j + 1;
      while (end < cols.length && end - j < most && cols[end] == cols[end - 1] + 1) {
        end++;
      }
      RectangleCopies.run(
          source + cols[j] * bytes,
          x.cols() * bytes,
          target + j * bytes,
          cols.length * bytes,
          to - from,
          (end - j) * bytes);
    }
  }

  private static void copyColumnsByTiles(
      DenseMatrix x, int[] cols, DenseMatrix out, long from, long to) {
    int most = RowTile.rowsOf(Math.max(x.cols(), cols.length));
    RowTile in = new RowTile(x, most);
    RowTile chosen = new RowTile(out, most);
    for (long row = from; row < to; row += most) {
      int rows = (int) Math.min(most, to - row);
      in.load(x, row, rows);
      in.copyTo(chosen, rows, cols);
      chosen.store(out, row, rows);
    }
  }
}
