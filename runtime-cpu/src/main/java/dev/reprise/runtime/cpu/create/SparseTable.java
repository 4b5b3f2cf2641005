package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import java.util.Arrays;
import java.util.List;

/**
 * A table whose cells are few, collected as pairs. The weights of a cell are added in the order in
 * which its pairs came, as in a dense table. For one thread.
 */
final class SparseTable {
  private final int rows;
  private final long cols;
  private final int[] pairRows;
  private final int[] pairCols;
  private final double[] weights;
  private int size;

  /**
   * Begins with no pairs.
   *
   * @param pairs most pairs that will come
   */
  SparseTable(long rows, long cols, int pairs) {
    this.rows = Math.toIntExact(rows);
    this.cols = cols;
    pairRows = new int[pairs];
    pairCols = new int[pairs];
    weights = new double[pairs];
  }

  /** Adds weights to cells, zero-based: the first ones of these arrays. */
  void add(long[] rows, long[] cols, double[] weights, int count) {
    for (int i = 0; i < count; i++) {
      pairRows[size + i] = (int) rows[i];
      pairCols[size + i] = (int) cols[i];
    }
    System.arraycopy(weights, 0, this.weights, size, count);
    size += count;
  }

  /** The table; the caller owns it. */
  MatrixOperand matrix(Allocator allocator) {
    int[] next = new int[rows + 1];
    for (int i = 0; i < size; i++) {
      next[pairRows[i] + 1]++;
    }
    for (int row = 0; row < rows; row++) {
      next[row + 1] += next[row];
    }
    // Column in the high half, position in the low one: sorting keeps the order of equal columns.
    long[] byRow = new long[size];
    for (int i = 0; i < size; i++) {
      byRow[next[pairRows[i]]++] = (long) pairCols[i] << 32 | i;
    }
    SparseRows out = new SparseRows(rows);
    int from = 0;
    for (int row = 0; row < rows; row++) {
      int to = next[row];
      if (!isSorted(byRow, from, to)) {
        Arrays.sort(byRow, from, to);
      }
      addRow(byRow, from, to, out);
      out.endRow();
      from = to;
    }
    return RowJob.inBestForm(SparseRows.assemble(List.of(out), cols, allocator), allocator);
  }

  private static boolean isSorted(long[] values, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (values[i] < values[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private void addRow(long[] sorted, int from, int to, SparseRows out) {
    int at = from;
    while (at < to) {
      int column = (int) (sorted[at] >>> 32);
      double sum = 0;
      for (; at < to && (int) (sorted[at] >>> 32) == column; at++) {
        sum += weights[(int) sorted[at]];
      }
      out.add(column, sum);
    }
  }
}
