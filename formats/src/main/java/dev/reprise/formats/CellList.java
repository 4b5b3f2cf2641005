package dev.reprise.formats;

import java.util.Arrays;

/** Cells of a matrix in the order in which a file lists them; positions are zero-based. */
final class CellList {
  private long[] rows = {};
  private int[] cols = {};
  private double[] values = {};
  private int size;

  void add(long row, long col, double value) {
    if (size == values.length) {
      int grown = Math.max(256, Math.addExact(size, size >> 1));
      rows = Arrays.copyOf(rows, grown);
      cols = Arrays.copyOf(cols, grown);
      values = Arrays.copyOf(values, grown);
    }
    rows[size] = row;
    cols[size] = Math.toIntExact(col);
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long row(int i) {
    return rows[i];
  }

  int col(int i) {
    return cols[i];
  }

  double value(int i) {
    return values[i];
  }

  /** Adds a number to every row, once it is known where the list lies in the whole. */
  CellList movedDown(long by) {
    for (int i = 0; i < size; i++) {
      rows[i] += by;
    }
    return this;
  }
}
