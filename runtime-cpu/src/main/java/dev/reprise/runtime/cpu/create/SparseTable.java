package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A table whose cells are few, collected as pairs. The weights of a cell are added in the order in
 * which its pairs came, as in a dense table. For one thread.
 */
final class SparseTable {
  /** Pairs of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 512;

  private final int rows;
  private final long cols;
  private final int[] pairRows;
  private final int[] pairCols;
  private final double[] weights;

  /** Behind the number of each row, how many pairs it has. */
  private final int[] counts;

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
    counts = new int[this.rows + 1];
  }

  /** Adds weights to cells, zero-based: the first ones of these arrays. */
  void add(long[] rows, long[] cols, double[] weights, int count) {
    for (int i = 0; i < count; i++) {
      int row = (int) rows[i];
      pairRows[size + i] = row;
      pairCols[size + i] = (int) cols[i];
      counts[row + 1]++;
    }
    System.arraycopy(weights, 0, this.weights, size, count);
    size += count;
  }

  /** The table; the caller owns it. */
  MatrixOperand matrix(Allocator allocator) {
    int[] next = starts();
    int[] columns = new int[size];
    double[] values = new double[size];
    for (long i = 0; i < size; i += PIECE) {
      place((int) i, (int) Math.min(size, i + PIECE), next, columns, values);
    }
    // Each row now ends where the next one began.
    SparseMatrix matrix =
        isComplete(next, columns, values)
            ? direct(next, columns, values, allocator)
            : SparseRows.assemble(List.of(added(next, columns, values)), cols, allocator);
    return RowJob.inBestForm(matrix, allocator);
  }

  private int[] starts() {
    int[] starts = counts.clone();
    for (int row = 0; row < rows; row++) {
      starts[row + 1] += starts[row];
    }
    return starts;
  }

  private void place(int from, int to, int[] next, int[] columns, double[] values) {
    for (int i = from; i < to; i++) {
      int at = next[pairRows[i]]++;
      columns[at] = pairCols[i];
      values[at] = weights[i];
    }
  }

  /**
   * True when each pair is a cell of its own that is not zero, and they come as they are stored.
   */
  private boolean isComplete(int[] ends, int[] columns, double[] values) {
    int from = 0;
    for (int row = 0; row < rows; row++) {
      if (!isAscending(columns, from, ends[row])) {
        return false;
      }
      from = ends[row];
    }
    for (long i = 0; i < size; i += PIECE) {
      if (hasZero(values, (int) i, (int) Math.min(size, i + PIECE))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscending(int[] columns, int from, int to) {
    for (long i = from + 1L; i < to; i += PIECE) {
      if (!isPieceAscending(columns, (int) i, (int) Math.min(to, i + PIECE))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPieceAscending(int[] columns, int from, int to) {
    for (int i = from; i < to; i++) {
      if (columns[i] <= columns[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasZero(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (values[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private SparseMatrix direct(int[] ends, int[] columns, double[] values, Allocator allocator) {
    SparseMatrix matrix = SparseMatrix.allocate(allocator, rows, cols, size);
    MemorySegment cells = matrix.segment();
    long[] starts = new long[rows + 1];
    for (int row = 0; row < rows; row++) {
      starts[row + 1] = ends[row];
    }
    MemorySegment.copy(starts, 0, cells, ValueLayout.JAVA_LONG, 0, starts.length);
    MemorySegment.copy(values, 0, cells, ValueLayout.JAVA_DOUBLE, matrix.valuesAt(), size);
    MemorySegment.copy(columns, 0, cells, ValueLayout.JAVA_INT, matrix.columnsAt(), size);
    return matrix;
  }

  /** Rows of cells that several pairs may have, whose weights are added. */
  private SparseRows added(int[] ends, int[] columns, double[] values) {
    SparseRows out = new SparseRows(rows);
    long[] sorted = new long[0];
    int from = 0;
    for (int row = 0; row < rows; row++) {
      int to = ends[row];
      if (isAscending(columns, from, to)) {
        for (int at = from; at < to; at++) {
          out.add(columns[at], 0.0 + values[at]);
        }
      } else {
        sorted = sorted.length < to - from ? new long[to - from] : sorted;
        sort(columns, from, to, sorted);
        addRow(sorted, to - from, values, from, out);
      }
      out.endRow();
      from = to;
    }
    return out;
  }

  /** The column in the high half, the position in the low one: equal columns stay in order. */
  private static void sort(int[] columns, int from, int to, long[] sorted) {
    for (int at = from; at < to; at++) {
      sorted[at - from] = (long) columns[at] << 32 | at - from;
    }
    Arrays.sort(sorted, 0, to - from);
  }

  private static void addRow(long[] sorted, int count, double[] values, int first, SparseRows out) {
    int at = 0;
    while (at < count) {
      int column = (int) (sorted[at] >>> 32);
      double sum = 0;
      for (; at < count && (int) (sorted[at] >>> 32) == column; at++) {
        sum += values[first + (int) sorted[at]];
      }
      out.add(column, sum);
    }
  }
}
