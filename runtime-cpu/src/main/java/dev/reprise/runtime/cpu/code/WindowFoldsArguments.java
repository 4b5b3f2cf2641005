package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What the code of {@link WindowFolds} is told by a call: numbers at places that whoever writes
 * them and the code that reads them have in common. Belongs to one thread.
 */
final class WindowFoldsArguments {
  // Places, counted in longs. First those that the code itself counts on.
  static final int PLANES = 0;
  static final int SOURCE = 1;
  static final int GRADIENTS = 2;
  static final int TARGET = 3;

  static final int SOURCE_PLANE_BYTES = 4;
  static final int GRADIENT_PLANE_BYTES = 5;
  static final int TARGET_PLANE_BYTES = 6;

  /** Rows that cells are folded to. */
  static final int ROWS = 7;

  /** Whole groups of a row's cells, and where the mask of a row is that has less than one. */
  static final int ROW_GROUPS = 8;

  static final int ROW_MASK = 9;

  /** From a row that is folded to the next, and from one that is written. */
  static final int SOURCE_ROW_BYTES = 10;

  static final int TARGET_ROW_BYTES = 11;

  /** Rows in scratch memory. */
  static final int LINES = 12;

  static final int LINE_BYTES = 13;

  /** Groups of windows in a line, and cells from the first of one to that of the next. */
  static final int LINE_GROUPS = 14;

  static final int LINE_STEP = 15;

  /** Columns of a window but for the first. */
  static final int OTHER_TERMS = 16;

  /** Windows of a line, and bytes from one to the next. */
  static final int WINDOWS = 17;

  static final int WINDOW_BYTES = 18;

  // Where something is in scratch memory, in bytes: what is written first, what columns are folded
  // from, what they become, and what gradients add up to.
  static final int FIRST = 19;
  static final int FOLDED_FROM = 20;
  static final int RESULT = 21;
  static final int SUMS = 22;

  /** How far behind the cells of a line their places are. */
  static final int PLACES = 23;

  /** Cells of a channel; groups of sums, and how many others there are. */
  static final int CELLS = 24;

  static final int SUM_GROUPS = 25;
  static final int OTHER_SUMS = 26;

  /** Whether sums are complete. */
  static final int IS_LAST = 27;

  /** The first cell of a row's last group where that begins within the one before, or 0. */
  static final int ROW_LAST = 28;

  static final int FIRST_NUMBER = 29;

  /** The number of each lane of a vector. */
  static final int LANES = FIRST_NUMBER + WindowFold.NUMBERS * CodeNumbers.NUMBER_BYTES / 8;

  /** Of each row: where the first is that is folded, in bytes, how many there are, its place. */
  static final int TABLE = LANES + 8;

  static final int ROW_COUNT = 1;
  static final int ROW_PLACE = 4;
  static final int TABLE_ROW = 8;

  private static final int LONGS_OF_NUMBER = CodeNumbers.NUMBER_BYTES / Long.BYTES;
  private static final long LOWER_HALF = 0xFFFFFFFFL;

  private final CellForm form;
  private final long[] longs;
  private final MemorySegment segment;

  /**
   * All zeros.
   *
   * @param form of the cells that are computed with
   * @param rows of the table, at most
   */
  WindowFoldsArguments(CellForm form, int rows) {
    this.form = form;
    this.longs = new long[TABLE + TABLE_ROW * rows];
    this.segment = MemorySegment.ofArray(longs);
  }

  /** Where the code finds an argument. */
  static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  /** Lets a register be where something is in scratch memory, given the argument that says so. */
  static void scratch(Assembler to, int register, int place) {
    to.move(register, RSI);
    to.add(register, argument(place));
  }

  /** What the code is called with, as it changes. */
  MemorySegment segment() {
    return segment;
  }

  void set(int place, long value) {
    longs[place] = value;
  }

  /** Sets a number of {@link WindowFold}, in all lanes. */
  void number(int number, double value) {
    int at = FIRST_NUMBER + LONGS_OF_NUMBER * number;
    Arrays.fill(longs, at, at + LONGS_OF_NUMBER, form.bits(value));
  }

  /** Numbers the lanes of a vector. */
  void numberLanes(VectorRegisters registers) {
    boolean areFloats = form == CellForm.FLOATS;
    for (int i = 0; i < registers.doubles(); i++) {
      long two = form.bits(2 * i) & LOWER_HALF | form.bits(2 * i + 1) & ~LOWER_HALF;
      longs[LANES + i] = areFloats ? two : form.bits(i);
    }
  }

  /** Says which rows are folded to one: where the first is, in bytes, and how many there are. */
  void row(int row, long firstByte, long count) {
    int at = TABLE + TABLE_ROW * row;
    longs[at] = firstByte;
    longs[at + ROW_COUNT] = count;
  }

  /** Says the place of the first cell that is folded to a row. */
  void rowPlace(int row, double place) {
    int at = TABLE + TABLE_ROW * row + ROW_PLACE;
    Arrays.fill(longs, at, at + LONGS_OF_NUMBER, form.bits(place));
  }
}
