package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.cpu.code.RowExtremesCode.Kind;
import java.lang.foreign.MemorySegment;

/**
 * The least or largest cell of each row of doubles, or where it is, in machine code: rows are read
 * where they lie, and nothing has to be compiled while a program runs. Where {@link
 * CellFunction#areThere() there is code}. Stateless, for any number of threads.
 */
public enum RowExtremes {
  /** The largest cell; refuses a cell that is no number. */
  LARGEST(Kind.LARGEST, Double.NEGATIVE_INFINITY),
  /** The least cell; refuses a cell that is no number. */
  LEAST(Kind.LEAST, Double.POSITIVE_INFINITY),
  /** The number of the largest cell from 1, the last of equal ones; 1 where no cell is a number. */
  PLACE_OF_LARGEST(Kind.PLACE_OF_LARGEST, Double.NEGATIVE_INFINITY),
  /** Likewise, of the least. */
  PLACE_OF_LEAST(Kind.PLACE_OF_LEAST, Double.POSITIVE_INFINITY);

  /** Cells that a call should not exceed, since the JVM can stop no thread that is in it. */
  public static final int MOST_CELLS = 1 << 16;

  private static final CodeTable CODES =
      new CodeTable(
          "extremes of rows",
          Kind.values().length,
          kind -> RowExtremesCode.of(Kind.values()[kind]));

  private final Kind kind;
  private final double worst;

  RowExtremes(Kind kind, double worst) {
    this.kind = kind;
    this.worst = worst;
  }

  /**
   * Writes a number for each row.
   *
   * @param cells address of the first cell; rows lie one behind the other
   * @param rows at least 1
   * @param cols at least 1
   * @param target address of the first number
   * @return false where a cell is refused; then what was written is no result
   */
  public boolean run(long cells, long rows, int cols, long target) {
    long[] arguments = new long[RowExtremesCode.ARGUMENTS];
    arguments[RowExtremesCode.CELLS] = cells;
    arguments[RowExtremesCode.ROWS] = rows;
    arguments[RowExtremesCode.FOURS] = cols / 4;
    arguments[RowExtremesCode.TARGET] = target;
    arguments[RowExtremesCode.WORST] = Double.doubleToRawLongBits(worst);
    int rest = cols % 4;
    arguments[RowExtremesCode.REST_BYTES] = (long) rest * Double.BYTES;
    for (int lane = 0; lane < 4; lane++) {
      arguments[RowExtremesCode.MASK + lane] = lane < rest ? -1 : 0;
      arguments[RowExtremesCode.COUNT + lane] = Double.doubleToRawLongBits(lane + 1);
    }
    arguments[RowExtremesCode.FOUR] = Double.doubleToRawLongBits(4);
    MemorySegment places = MemorySegment.ofArray(arguments);
    return CodeCall.withSegments(CODES.of(kind.ordinal()), places, places, 0, 0, 0, 0) == 0;
  }
}
