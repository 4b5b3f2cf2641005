package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The stored values of a compressed matrix and their columns, block by block in arrays of the heap,
 * on the way from the first to the last one. For one thread.
 */
final class StoredValues {
  /** Of a block. */
  private static final int MOST = 1024;

  private final SparseMatrix matrix;
  private final double[] values = new double[MOST];

  /** Null when nobody wants columns. */
  private final int[] columns;

  private long begin;
  private long end;

  private StoredValues(SparseMatrix matrix, boolean hasColumns) {
    this.matrix = matrix;
    this.columns = hasColumns ? new int[MOST] : null;
  }

  static StoredValues of(SparseMatrix matrix) {
    return new StoredValues(matrix, false);
  }

  static StoredValues withColumns(SparseMatrix matrix) {
    return new StoredValues(matrix, true);
  }

  /** Sees to it that the block holds the value at a position; returns how many it has before to. */
  int bring(long at, long to) {
    if (at < begin || at >= end) {
      int count = (int) Math.min(MOST, matrix.nonZeros() - at);
      MemorySegment cells = matrix.segment();
      long from = matrix.valuesAt() + Double.BYTES * at;
      MemorySegment.copy(cells, ValueLayout.JAVA_DOUBLE, from, values, 0, count);
      if (columns != null) {
        from = matrix.columnsAt() + Integer.BYTES * at;
        MemorySegment.copy(cells, ValueLayout.JAVA_INT, from, columns, 0, count);
      }
      begin = at;
      end = at + count;
    }
    return (int) (Math.min(to, end) - at);
  }

  /** Where the block has a value that was brought. */
  int place(long at) {
    return (int) (at - begin);
  }

  double[] values() {
    return values;
  }

  int[] columns() {
    return columns;
  }

  /** Adds the values from one position to another. */
  void addTo(Accumulator sum, long from, long to) {
    for (long at = from; at < to; ) {
      int count = bring(at, to);
      sum.add(values, place(at), count);
      at += count;
    }
  }

  /** Adds their squared distances from a center. */
  void addSquaresTo(Accumulator sum, double center, long from, long to) {
    double[] squares = new double[MOST];
    for (long at = from; at < to; ) {
      int count = bring(at, to);
      square(values, place(at), count, center, squares);
      sum.add(squares, 0, count);
      at += count;
    }
  }

  private static void square(
      double[] values, int from, int count, double center, double[] squares) {
    for (int i = 0; i < count; i++) {
      double distance = values[from + i] - center;
      squares[i] = distance * distance;
    }
  }

  /** The largest {@code sign * value}, at least {@code best}; NaN if any value is. */
  double most(double best, int sign, long from, long to) {
    double most = best;
    for (long at = from; at < to; ) {
      int count = bring(at, to);
      most = most(values, place(at), count, most, sign);
      at += count;
    }
    return most;
  }

  private static double most(double[] values, int from, int count, double best, int sign) {
    double most = best;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, sign * values[i]);
    }
    return most;
  }

  /** Positions of the first values of rows, and of the one behind the last. */
  static long[] starts(SparseMatrix matrix, long from, long to) {
    long[] starts = new long[(int) (to - from) + 1];
    MemorySegment.copy(
        matrix.segment(), ValueLayout.JAVA_LONG, Long.BYTES * from, starts, 0, starts.length);
    return starts;
  }
}
