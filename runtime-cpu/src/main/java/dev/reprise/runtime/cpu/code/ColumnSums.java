package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Kind;

/**
 * Sums of columns in machine code, or of squared distances from a center for each column: some rows
 * are added plainly, these sums with compensation. Cells are read once, where they lie, and nothing
 * has to be compiled while a program runs.
 *
 * <p>Belongs to one thread, for any number of calls.
 */
public final class ColumnSums {
  /** Rows that are added plainly. */
  public static final int GROUP_ROWS = ColumnFoldCode.GROUP_ROWS;

  private final int cols;
  private final ColumnPasses passes;

  /** Sums, what they lost, and centers. */
  private final double[] sums;

  /** Sums of 0; where {@link CellFunction#areThere() there is code}. */
  public ColumnSums(Precision precision, int cols) {
    this(precision, cols, Kind.SUM, new double[2 * cols]);
  }

  /** Sums of squared distances; as the other. */
  public static ColumnSums ofSquares(Precision precision, double[] centers) {
    int cols = centers.length;
    double[] sums = new double[3 * cols];
    System.arraycopy(centers, 0, sums, 2 * cols, cols);
    return new ColumnSums(precision, cols, Kind.SQUARES, sums);
  }

  private ColumnSums(Precision precision, int cols, Kind kind, double[] sums) {
    this.cols = cols;
    this.sums = sums;
    this.passes = new ColumnPasses(precision, kind, sums, cols);
  }

  /**
   * Adds rows, {@value #GROUP_ROWS} at a time and then what is left of them.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   */
  public void add(long cells, long rowBytes, long rows) {
    passes.run(cells, rowBytes, rows);
  }

  int cols() {
    return cols;
  }

  /** Writes a sum for each column, and what it lost. */
  public void get(double[] sums, double[] lost) {
    System.arraycopy(this.sums, 0, sums, 0, cols);
    System.arraycopy(this.sums, cols, lost, 0, cols);
  }
}
