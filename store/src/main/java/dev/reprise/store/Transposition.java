package dev.reprise.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Takes columns out of a table that lies row by row, and puts them back, some of them at a time. A
 * few rows go through an array that stays in the processor's first cache: cells are looked at one
 * by one only there. Rows that are nothing but these columns go through it in one copy. For one
 * thread; takes as many bytes as the columns.
 */
final class Transposition {
  /** Columns that are taken together. */
  static final int COLUMNS = 32;

  /** Rows that go through the array together. */
  private static final int ROWS = 16;

  /** Between columns, in cells, so that they do not fall on the same places of the cache. */
  private static final int GAP = 24;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final int cellBytes;
  private final int stride;
  private final long[] longs;
  private final int[] ints;
  private final long[] longTile;
  private final int[] intTile;
  private final MemorySegment columns;

  /**
   * @param rows most that a column has
   * @param count most columns at a time, up to {@link #COLUMNS}
   * @param cellBytes 8, 4 or 1; those of 1 byte make a single column
   */
  Transposition(int rows, int count, int cellBytes) {
    this.cellBytes = cellBytes;
    this.stride = rows + GAP;
    boolean isLong = cellBytes == Long.BYTES;
    boolean isInt = cellBytes == Integer.BYTES;
    this.longs = isLong ? new long[count * stride] : null;
    this.ints = isInt ? new int[count * stride] : null;
    this.longTile = isLong ? new long[count * ROWS] : null;
    this.intTile = isInt ? new int[count * ROWS] : null;
    this.columns =
        isLong
            ? MemorySegment.ofArray(longs)
            : isInt ? MemorySegment.ofArray(ints) : MemorySegment.ofArray(new byte[stride]);
  }

  /** The bytes of a column, to be read or written. */
  MemorySegment column(int number, int rows) {
    return columns.asSlice((long) number * stride * cellBytes, (long) rows * cellBytes);
  }

  /**
   * Takes columns out.
   *
   * @param start of the first cell of the first column, in bytes
   * @param width cells of a row of the table
   */
  void gather(MemorySegment table, long start, int width, int rows, int count) {
    for (int from = 0; from < rows; from += ROWS) {
      int some = Math.min(ROWS, rows - from);
      int runs = count == width ? 1 : some;
      int run = some / runs * count;
      for (int i = 0; i < runs; i++) {
        long at = start + (long) (from + i) * width * cellBytes;
        if (longs != null) {
          MemorySegment.copy(table, LONG, at, longTile, i * run, run);
        } else {
          MemorySegment.copy(table, INT, at, intTile, i * run, run);
        }
      }
      if (longs != null) {
        outLongs(from, some, count);
      } else {
        outInts(from, some, count);
      }
    }
  }

  private void outLongs(int from, int rows, int count) {
    for (int column = 0; column < count; column++) {
      int to = column * stride + from;
      for (int row = 0; row < rows; row++) {
        longs[to + row] = longTile[row * count + column];
      }
    }
  }

  private void outInts(int from, int rows, int count) {
    for (int column = 0; column < count; column++) {
      int to = column * stride + from;
      for (int row = 0; row < rows; row++) {
        ints[to + row] = intTile[row * count + column];
      }
    }
  }

  /** Puts columns back; the other way round. */
  void scatter(MemorySegment table, long start, int width, int rows, int count) {
    for (int from = 0; from < rows; from += ROWS) {
      int some = Math.min(ROWS, rows - from);
      if (longs != null) {
        inLongs(from, some, count);
      } else {
        inInts(from, some, count);
      }
      int runs = count == width ? 1 : some;
      int run = some / runs * count;
      for (int i = 0; i < runs; i++) {
        long at = start + (long) (from + i) * width * cellBytes;
        if (longs != null) {
          MemorySegment.copy(longTile, i * run, table, LONG, at, run);
        } else {
          MemorySegment.copy(intTile, i * run, table, INT, at, run);
        }
      }
    }
  }

  private void inLongs(int from, int rows, int count) {
    for (int column = 0; column < count; column++) {
      int at = column * stride + from;
      for (int row = 0; row < rows; row++) {
        longTile[row * count + column] = longs[at + row];
      }
    }
  }

  private void inInts(int from, int rows, int count) {
    for (int column = 0; column < count; column++) {
      int at = column * stride + from;
      for (int row = 0; row < rows; row++) {
        intTile[row * count + column] = ints[at + row];
      }
    }
  }
}
