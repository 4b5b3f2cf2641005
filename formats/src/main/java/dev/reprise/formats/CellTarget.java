package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix that is made of listed cells, in any order; what is not listed is zero, and of a cell
 * that is listed twice the last one counts. While the cells are few the matrix needs memory for
 * them alone, and ends compressed; from the count on at which that is not worthwhile it is dense.
 * One thread.
 */
final class CellTarget implements AutoCloseable {
  private final long rows;
  private final long cols;
  private final Allocator allocator;
  private final List<CellList> kept = new ArrayList<>();
  private long listed;
  private DenseMatrix dense;

  CellTarget(long rows, long cols, Allocator allocator) {
    this.rows = rows;
    this.cols = cols;
    this.allocator = allocator;
    if (rows >= Integer.MAX_VALUE || !SparseMatrix.isWorthwhile(rows, cols, 0)) {
      becomeDense();
    }
  }

  /** Adds cells; the list belongs to the target from now on. */
  void take(CellList cells) {
    listed += cells.size();
    if (dense == null && !SparseMatrix.isWorthwhile(rows, cols, listed)) {
      becomeDense();
    }
    if (dense == null) {
      kept.add(cells);
    } else {
      scatter(cells);
    }
  }

  private void becomeDense() {
    dense = DenseMatrix.allocate(allocator, rows, cols);
    dense.segment().asSlice(0, dense.bytes()).fill((byte) 0);
    kept.forEach(this::scatter);
    kept.clear();
  }

  private void scatter(CellList cells) {
    for (int i = 0; i < cells.size(); i++) {
      dense.set(cells.row(i), cells.col(i), cells.value(i));
    }
  }

  /** The matrix; the caller owns it. */
  MatrixOperand finish() {
    MatrixOperand done = dense == null ? compressed() : dense;
    dense = null;
    return done;
  }

  /** Sorts by rows, counting, then each row by columns; both keep the order of equal cells. */
  private SparseMatrix compressed() {
    int n = Math.toIntExact(listed);
    int[] starts = new int[Math.toIntExact(rows) + 1];
    for (CellList list : kept) {
      for (int i = 0; i < list.size(); i++) {
        starts[(int) list.row(i) + 1]++;
      }
    }
    for (int r = 0; r < rows; r++) {
      starts[r + 1] += starts[r];
    }
    int[] columns = new int[n];
    double[] values = new double[n];
    int[] next = Arrays.copyOf(starts, starts.length);
    for (CellList list : kept) {
      for (int i = 0; i < list.size(); i++) {
        int at = next[(int) list.row(i)]++;
        columns[at] = list.col(i);
        values[at] = list.value(i);
      }
    }
    int[] ends = next;
    long count = 0;
    for (int r = 0; r < rows; r++) {
      ends[r] = tidy(columns, values, starts[r], ends[r]);
      count += ends[r] - starts[r];
    }
    return packed(starts, ends, columns, values, count);
  }

  private SparseMatrix packed(
      int[] starts, int[] ends, int[] columns, double[] values, long count) {
    SparseMatrix matrix = SparseMatrix.allocate(allocator, rows, cols, count);
    long at = 0;
    for (int r = 0; r < rows; r++) {
      matrix.setStart(r, at);
      for (int i = starts[r]; i < ends[r]; i++) {
        matrix.set(at++, columns[i], values[i]);
      }
    }
    matrix.setStart(rows, at);
    return matrix;
  }

  /** Orders one row, drops what is overwritten and zeros; returns the row's new end. */
  private static int tidy(int[] columns, double[] values, int start, int end) {
    sortIfNeeded(columns, values, start, end);
    int kept = start;
    for (int i = start; i < end; i++) {
      boolean overwritten = i + 1 < end && columns[i + 1] == columns[i];
      if (!overwritten && values[i] != 0) {
        columns[kept] = columns[i];
        values[kept++] = values[i];
      }
    }
    return kept;
  }

  private static void sortIfNeeded(int[] columns, double[] values, int start, int end) {
    int i = start + 1;
    while (i < end && columns[i - 1] <= columns[i]) {
      i++;
    }
    if (i >= end) {
      return;
    }
    // Column and place in one number: a plain sort of numbers is then stable.
    long[] order = new long[end - start];
    for (int k = 0; k < order.length; k++) {
      order[k] = (long) columns[start + k] << 32 | k;
    }
    Arrays.sort(order);
    double[] unordered = Arrays.copyOfRange(values, start, end);
    for (int k = 0; k < order.length; k++) {
      columns[start + k] = (int) (order[k] >> 32);
      values[start + k] = unordered[(int) order[k]];
    }
  }

  /** Gives the memory back unless {@link #finish} has handed it over. */
  @Override
  public void close() {
    if (dense != null) {
      dense.buffer().release();
      dense = null;
    }
  }
}
