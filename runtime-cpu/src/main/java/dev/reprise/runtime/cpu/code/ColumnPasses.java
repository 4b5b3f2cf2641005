package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Block;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Kind;
import java.lang.foreign.MemorySegment;

/**
 * Calls of {@link ColumnFoldCode} over rows, as many rows by one call as may be. Belongs to one
 * thread, for any number of calls.
 */
final class ColumnPasses {
  /** Bounds what a call takes, since the JVM can stop no thread that is in the code. */
  private static final long MOST_CELLS = 1 << 17;

  private static final int KINDS = Kind.values().length;

  private static final CodeTable CODES =
      new CodeTable(
          "folds of columns",
          KINDS * Precision.values().length,
          number ->
              ColumnFoldCode.of(Precision.values()[number / KINDS], Kind.values()[number % KINDS]));

  private final MemorySegment code;
  private final MemorySegment state;
  private final int cols;
  private final long[] arguments = new long[ColumnFoldCode.ARGUMENTS];

  /**
   * Passes that have not begun.
   *
   * @param state by column, in rows of {@code cols} cells: sums, what they lost, centers; or
   *     products; or extremes and places
   */
  ColumnPasses(Precision precision, Kind kind, double[] state, int cols) {
    this.code = CODES.of(precision.ordinal() * KINDS + kind.ordinal());
    this.state = MemorySegment.ofArray(state);
    this.cols = cols;
    arguments[ColumnFoldCode.LOST_BYTES] = (long) cols * Double.BYTES;
    arguments[ColumnFoldCode.NEXT_ROW] = Double.doubleToRawLongBits(1);
    arguments[ColumnFoldCode.ONE_ROW] = Double.doubleToRawLongBits(1);
    int left = cols;
    for (Block block : Block.values()) {
      arguments[ColumnFoldCode.BLOCKS + block.ordinal()] = left / block.columns();
      left %= block.columns();
    }
  }

  /**
   * Takes rows in.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   * @return false where an extreme met a cell that is no number
   */
  boolean run(long cells, long rowBytes, long rows) {
    long groups = rows / ColumnFoldCode.GROUP_ROWS;
    long most = Math.max(1, MOST_CELLS / ((long) cols * ColumnFoldCode.GROUP_ROWS));
    long groupBytes = ColumnFoldCode.GROUP_ROWS * rowBytes;
    arguments[ColumnFoldCode.ROW_BYTES] = rowBytes;
    arguments[ColumnFoldCode.GROUP_BYTES] = groupBytes;
    arguments[ColumnFoldCode.ROWS_LEFT] = 0;
    long from = 0;
    for (; groups - from > most; from += most) {
      if (!call(cells + from * groupBytes, most)) {
        return false;
      }
    }
    arguments[ColumnFoldCode.ROWS_LEFT] = rows % ColumnFoldCode.GROUP_ROWS;
    return call(cells + from * groupBytes, groups - from);
  }

  private boolean call(long cells, long groups) {
    arguments[ColumnFoldCode.CELLS] = cells;
    arguments[ColumnFoldCode.GROUPS] = groups;
    MemorySegment places = MemorySegment.ofArray(arguments);
    return CodeCall.withSegments(code, places, state, 0, 0, 0, 0) == 0;
  }
}
