package dev.reprise.runtime.cpu.frame;

/** The rows of a frame that a result has, in its order. */
final class ChosenRows {
  private final int count;

  /** Zero-based rows; null for all of them. */
  private final int[] rows;

  private ChosenRows(int count, int[] rows) {
    this.count = count;
    this.rows = rows;
  }

  /** Every row of so many. */
  static ChosenRows all(int count) {
    return new ChosenRows(count, null);
  }

  /** Zero-based rows; takes over the array. */
  static ChosenRows of(int[] rows) {
    return new ChosenRows(rows.length, rows);
  }

  /** Number of rows of the result. */
  int count() {
    return count;
  }

  /** True when a row of the result is the same row of the frame. */
  boolean areAll() {
    return rows == null;
  }

  /** The frame's row that is a row of the result. */
  int at(int row) {
    return rows == null ? row : rows[row];
  }
}
