package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Doubles that are not zero, in machine code: how many there are, and copies of them with their
 * columns, as compressed matrices hold them. NaN is one of them, a negative zero is not. Where
 * {@link CellFunction#areThere() there is code}; stateless, for any number of threads.
 */
public final class NonZeros {
  /** Cells that a call should not exceed, since the JVM can stop no thread that is in it. */
  public static final int MOST_CELLS = 1 << 17;

  private static final CodeTable CODES =
      new CodeTable(
          "cells that are not zero",
          2,
          number -> number == 0 ? NonZerosCode.ofCount() : NonZerosCode.ofCopy());

  private NonZeros() {}

  /** How many of any number of cells in native memory, which begin a segment, are not zero. */
  public static long count(MemorySegment cells, long count) {
    long found = 0;
    for (long at = 0; at < count; at += MOST_CELLS) {
      long first = cells.address() + at * Double.BYTES;
      found += count(first, Math.min(MOST_CELLS, count - at));
    }
    return found;
  }

  /** How many of so many cells from an address on are not zero, which the JVM does not check. */
  public static long count(long cells, long count) {
    long[] arguments = arguments(cells, count);
    call(0, arguments);
    int counts = NonZerosCode.COUNTS;
    return Arrays.stream(arguments, counts, counts + 4).sum();
  }

  /**
   * Copies what is not zero of rows that lie one behind the other; no address is checked.
   *
   * @param rows at least 1
   * @param starts where a long goes for each row, the number of values before it
   * @param at that number for the first row
   * @param values where the first value of these rows goes, as a double
   * @param columns where its column goes, as an int
   */
  public static void copy(
      long cells, long rows, long cols, long starts, long at, long values, long columns) {
    long[] arguments = arguments(cells, cols);
    arguments[NonZerosCode.ROWS] = rows;
    arguments[NonZerosCode.STARTS] = starts;
    arguments[NonZerosCode.AT] = at;
    arguments[NonZerosCode.VALUES] = values;
    arguments[NonZerosCode.COLUMNS] = columns;
    call(1, arguments);
  }

  private static long[] arguments(long cells, long together) {
    long[] arguments = new long[NonZerosCode.ARGUMENTS];
    int rest = (int) (together % 4);
    arguments[NonZerosCode.CELLS] = cells;
    arguments[NonZerosCode.FOURS] = together / 4;
    arguments[NonZerosCode.REST_BYTES] = (long) rest * Double.BYTES;
    Arrays.fill(arguments, NonZerosCode.MASK, NonZerosCode.MASK + rest, -1);
    return arguments;
  }

  private static void call(int code, long[] arguments) {
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(CODES.of(code), places, places, 0, 0, 0, 0);
  }
}
