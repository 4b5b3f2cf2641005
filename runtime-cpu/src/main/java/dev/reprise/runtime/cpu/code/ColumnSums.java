package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnSumsCode.Block;
import java.lang.foreign.MemorySegment;

/**
 * Sums of columns in machine code: some rows are added plainly, these sums with compensation. Cells
 * are read once, where they lie, and nothing has to be compiled while a program runs.
 *
 * <p>Belongs to one thread, for any number of calls.
 */
public final class ColumnSums {
  /** Rows that are added plainly. */
  public static final int GROUP_ROWS = ColumnSumsCode.GROUP_ROWS;

  /** Bounds what a call takes, since the JVM can stop no thread that is in the code. */
  private static final long MOST_CELLS = 1 << 17;

  private static final PrecisionCode CODE =
      new PrecisionCode("sums of columns", ColumnSumsCode::of);

  private final Precision precision;
  private final int cols;
  private final double[] sums;
  private final long[] arguments = new long[ColumnSumsCode.ARGUMENTS];

  /** Sums of 0; where {@link CellFunction#areThere() there is code}. */
  public ColumnSums(Precision precision, int cols) {
    this.precision = precision;
    this.cols = cols;
    this.sums = new double[2 * cols];
    arguments[ColumnSumsCode.LOST_BYTES] = (long) cols * Double.BYTES;
    int left = cols;
    for (Block block : Block.values()) {
      arguments[ColumnSumsCode.BLOCKS + block.ordinal()] = left / block.columns();
      left %= block.columns();
    }
  }

  /**
   * Adds rows, {@value #GROUP_ROWS} at a time and then what is left of them.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   */
  public void add(long cells, long rowBytes, long rows) {
    long groups = rows / GROUP_ROWS;
    long most = Math.max(1, MOST_CELLS / ((long) cols * GROUP_ROWS));
    long groupBytes = GROUP_ROWS * rowBytes;
    arguments[ColumnSumsCode.ROW_BYTES] = rowBytes;
    arguments[ColumnSumsCode.GROUP_BYTES] = groupBytes;
    arguments[ColumnSumsCode.ROWS_LEFT] = 0;
    long from = 0;
    for (; groups - from > most; from += most) {
      run(cells + from * groupBytes, most);
    }
    arguments[ColumnSumsCode.ROWS_LEFT] = rows % GROUP_ROWS;
    run(cells + from * groupBytes, groups - from);
  }

  private void run(long cells, long groups) {
    arguments[ColumnSumsCode.CELLS] = cells;
    arguments[ColumnSumsCode.GROUPS] = groups;
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(CODE.of(precision), places, MemorySegment.ofArray(sums), 0, 0, 0, 0);
  }

  /** Writes a sum for each column, and what it lost. */
  public void get(double[] sums, double[] lost) {
    System.arraycopy(this.sums, 0, sums, 0, cols);
    System.arraycopy(this.sums, cols, lost, 0, cols);
  }
}
