package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/**
 * One element-wise operation between a matrix and a row or column vector that is repeated over it,
 * or between a column and a row.
 *
 * <p>Wide matrices take one loop per row. Narrow ones would spend their time on starting loops, so
 * several rows are handled as one run against a block that holds the repeated vector.
 */
final class VectorBroadcast {
  private static final int NARROW = 128;

  private final BinaryLoop loop;
  private final MemorySegment full;
  private final MemorySegment vector;
  private final boolean vectorOnLeft;
  private final boolean isRow;
  private final DenseMatrix result;
  private final MemorySegment out;
  private final long rows;
  private final long cols;

  /** Brought to each row of the result, which it is combined with then; else null. */
  private final MemorySegment row;

  VectorBroadcast(
      BinaryLoop loop,
      DenseMatrix full,
      DenseMatrix vector,
      boolean vectorOnLeft,
      DenseMatrix out) {
    this(loop, full, vector, vectorOnLeft, out, null);
  }

  private VectorBroadcast(
      BinaryLoop loop,
      DenseMatrix full,
      DenseMatrix vector,
      boolean vectorOnLeft,
      DenseMatrix out,
      MemorySegment row) {
    this.loop = loop;
    this.full = full.segment();
    this.vector = vector.segment();
    this.vectorOnLeft = vectorOnLeft;
    this.isRow = vector.rows() == 1;
    this.result = out;
    this.out = out.segment();
    this.rows = full.rows();
    this.cols = full.cols();
    this.row = row;
  }

  /**
   * Of a column and a row, of which all pairs are made: the column is repeated over the result,
   * which the row is brought to first. Loops read a cell, or a block of them, before they write it.
   */
  static VectorBroadcast ofPairs(
      BinaryLoop loop, DenseMatrix column, DenseMatrix row, DenseMatrix out) {
    return new VectorBroadcast(loop, out, column, true, out, row.segment());
  }

  /**
   * Computes all cells.
   *
   * @param code takes rows where it can
   */
  void run(CellRange code, Parallel parallel, ExecutionContext context, long chunkCells) {
    if (rows == 0 || cols == 0) {
      return;
    }
    long chunkRows = Math.max(1, chunkCells / cols);
    if (rows <= chunkRows) {
      rows(code, 0, rows);
    } else {
      parallel.forRange(context, rows, chunkRows, (from, to) -> rows(code, from, to));
    }
  }

  private void rows(CellRange code, long from, long to) {
    if (code.run(result, from * cols, to * cols)) {
      return;
    }
    if (row != null) {
      for (long at = from; at < to; at++) {
        MemorySegment.copy(row, 0, out, 8 * at * cols, 8 * cols);
      }
    }
    if (cols < NARROW) {
      narrow(from, to);
    } else if (isRow) {
      wideRow(from, to);
    } else {
      wideColumn(from, to);
    }
  }

  private void wideRow(long from, long to) {
    if (cols <= BinaryLoop.BLOCK) {
      rowBlocks(from, to);
      return;
    }
    for (long row = from; row < to; row++) {
      long at = 8 * row * cols;
      if (vectorOnLeft) {
        loop.segments(vector, 0, full, at, out, at, cols);
      } else {
        loop.segments(full, at, vector, 0, out, at, cols);
      }
    }
  }

  /** One block per row; the vector is loaded once. */
  private void rowBlocks(long from, long to) {
    int width = (int) cols;
    double[] x = new double[width];
    double[] repeated = new double[width];
    MemorySegment.copy(vector, Layout.CELL, 0, repeated, 0, width);
    for (long row = from; row < to; row++) {
      MemorySegment.copy(full, Layout.CELL, 8 * row * cols, x, 0, width);
      if (vectorOnLeft) {
        loop.arrays(repeated, x, x, width);
      } else {
        loop.arrays(x, repeated, x, width);
      }
      MemorySegment.copy(x, 0, out, Layout.CELL, 8 * row * cols, width);
    }
  }

  private void wideColumn(long from, long to) {
    for (long row = from; row < to; row++) {
      long at = 8 * row * cols;
      double value = vector.get(Layout.CELL, 8 * row);
      if (vectorOnLeft) {
        loop.scalarSegment(value, full, at, out, at, cols);
      } else {
        loop.segmentScalar(full, at, value, out, at, cols);
      }
    }
  }

  private void narrow(long from, long to) {
    int width = (int) cols;
    int blockRows = (int) Math.min(to - from, BinaryLoop.block((to - from) * width) / width);
    double[] x = new double[blockRows * width];
    double[] repeated = new double[blockRows * width];
    double[] values = new double[blockRows];
    if (isRow) {
      repeatRow(repeated, width);
    }
    for (long row = from; row < to; row += blockRows) {
      int count = (int) Math.min(blockRows, to - row);
      if (!isRow) {
        MemorySegment.copy(vector, Layout.CELL, 8 * row, values, 0, count);
        repeatValues(values, count, repeated, width);
      }
      int cells = count * width;
      MemorySegment.copy(full, Layout.CELL, 8 * row * cols, x, 0, cells);
      if (vectorOnLeft) {
        loop.arrays(repeated, x, x, cells);
      } else {
        loop.arrays(x, repeated, x, cells);
      }
      MemorySegment.copy(x, 0, out, Layout.CELL, 8 * row * cols, cells);
    }
  }

  private void repeatRow(double[] repeated, int width) {
    MemorySegment.copy(vector, Layout.CELL, 0, repeated, 0, width);
    for (int known = width; known < repeated.length; known *= 2) {
      System.arraycopy(repeated, 0, repeated, known, Math.min(known, repeated.length - known));
    }
  }

  private static void repeatValues(double[] values, int count, double[] repeated, int width) {
    int at = 0;
    for (int row = 0; row < count; row++) {
      double value = values[row];
      for (int col = 0; col < width; col++) {
        repeated[at++] = value;
      }
    }
  }
}
