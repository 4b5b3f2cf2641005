package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;

/**
 * The vector of {@code removeEmpty} whose cells other than zero mark the rows or columns that stay;
 * NaN marks, too.
 */
public final class Selection {
  /** Marks that are looked at together: one by one each would take a microsecond at first. */
  private static final int TOGETHER = 1024;

  private Selection() {}

  /** True for the shape of a selection of so many rows or columns. */
  public static boolean fits(Shape select, long length) {
    boolean isVector = select.rows() == 1 || select.cols() == 1 || select.cells() == 0;
    return isVector && select.cells() == length;
  }

  /** How many a selection keeps. */
  public static long count(DenseMatrix select) {
    boolean[] keep = new boolean[Math.toIntExact(select.cells())];
    mark(select, keep);
    long count = 0;
    for (boolean kept : keep) {
      count += kept ? 1 : 0;
    }
    return count;
  }

  /** Says of each row or column whether it is kept. */
  static void mark(DenseMatrix select, boolean[] keep) {
    double[] marks = new double[Math.min(keep.length, TOGETHER)];
    CellReader cells = CellSource.of(select).reader(marks.length);
    for (long from = 0; from < keep.length; from += TOGETHER) {
      int count = (int) Math.min(TOGETHER, keep.length - from);
      cells.read(from, marks, count);
      for (int i = 0; i < count; i++) {
        keep[(int) from + i] = marks[i] != 0;
      }
    }
  }
}
