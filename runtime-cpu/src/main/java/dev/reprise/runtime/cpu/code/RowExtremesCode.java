package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;

/**
 * The machine code of {@link RowExtremes}, of doubles: each lane keeps the extreme of every fourth
 * cell of a row, and where it was; then the lanes are compared. A function of the System V calling
 * convention that is given where its arguments are, and returns whether it met a cell that is no
 * number.
 */
final class RowExtremesCode {
  /** What a piece of code finds in each row. */
  enum Kind {
    LARGEST(false, false),
    LEAST(true, false),
    PLACE_OF_LARGEST(false, true),
    PLACE_OF_LEAST(true, true);

    private final boolean isLeast;
    private final boolean isPlace;

    Kind(boolean isLeast, boolean isPlace) {
      this.isLeast = isLeast;
      this.isPlace = isPlace;
    }
  }

  // Places of the arguments, counted in longs.
  static final int CELLS = 0;
  static final int ROWS = 1;
  static final int FOURS = 2;

  /** Bytes of cells behind the fours; their mask is {@link #MASK}. */
  static final int REST_BYTES = 3;

  static final int TARGET = 4;

  /** What no cell is less extreme than. */
  static final int WORST = 5;

  static final int MASK = 6;

  /** One to four as doubles, and four of each lane. */
  static final int COUNT = 10;

  static final int FOUR = 14;
  static final int ARGUMENTS = FOUR + 1;

  // Vector registers.
  private static final int BEST = 0;
  private static final int PLACE = 1;
  private static final int HERE = 2;
  private static final int STEP = 3;
  private static final int CELL = 4;
  private static final int BETTER = 5;
  private static final int UNORDERED = 6;
  private static final int REST = 7;
  private static final int WORST_CELL = 8;
  private static final int FIRST = 9;
  private static final int OTHER = 10;
  private static final int ONE = 11;

  private static final int STORE = 0x11;
  private static final int SIGNS = 0x50;
  private static final int AND = 0x54;
  private static final int OR = 0x56;
  private static final int ADD = 0x58;
  private static final int LEAST = 0x5D;
  private static final int LARGEST = 0x5F;
  private static final int COMPARE = 0xC2;
  private static final int SWAP_NEIGHBOURS = 0x05;
  private static final int SWAP_HALVES = 0x06;
  private static final int CHOOSE = 0x4B;

  // What is compared: false where a cell is no number, but for the second.
  private static final int IS_EQUAL = 0x00;
  private static final int IS_UNORDERED = 0x03;
  private static final int IS_NOT_MORE = 0x12;
  private static final int IS_NOT_LESS = 0x1D;

  private final Assembler to = new Assembler(true);
  private final Kind kind;

  private RowExtremesCode(Kind kind) {
    this.kind = kind;
  }

  static byte[] of(Kind kind) {
    return new RowExtremesCode(kind).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    to.load(RSI, argument(CELLS));
    to.load(RDX, argument(ROWS));
    to.load(R8, argument(TARGET));
    to.load(R9, argument(REST_BYTES));
    to.broadcast(WORST_CELL, argument(WORST));
    to.loadVector(REST, argument(MASK));
    to.clear(UNORDERED);
    if (kind.isPlace) {
      to.loadVector(FIRST, argument(COUNT));
      to.broadcast(ONE, argument(COUNT));
      to.broadcast(STEP, argument(FOUR));
    }
    int next = to.here();
    writeRow();
    to.addNumber(R8, Double.BYTES);
    to.decrement(RDX);
    to.jumpBackUnlessZero(next);
    // The signs of all lanes, which are the bits of a comparison.
    to.vector(MAP_0F, PREFIX_66, true, SIGNS, RAX, 0, UNORDERED);
    to.returnToCaller();
    return to.bytes();
  }

  private void writeRow() {
    whole(OR, BEST, WORST_CELL, WORST_CELL);
    if (kind.isPlace) {
      whole(OR, PLACE, ONE, ONE);
      whole(OR, HERE, FIRST, FIRST);
    }
    to.load(RCX, argument(FOURS));
    to.test(RCX);
    int few = to.jumpIfZero();
    int next = to.here();
    to.loadVector(CELL, Address.of(RSI));
    writeCells(false);
    to.addNumber(RSI, 4 * Double.BYTES);
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    to.landHere(few);
    to.test(R9);
    int none = to.jumpIfZero();
    to.loadMasked(CELL, REST, Address.of(RSI));
    writeCells(true);
    to.add(RSI, R9);
    to.landHere(none);
    if (kind.isPlace) {
      writePlace();
    } else {
      writeExtreme();
    }
  }

  private void writeCells(boolean isRest) {
    if (kind.isPlace) {
      compare(BETTER, CELL, kind.isLeast ? IS_NOT_MORE : IS_NOT_LESS, BEST);
      if (isRest) {
        whole(AND, BETTER, BETTER, REST);
      }
      choose(BEST, BETTER, CELL);
      choose(PLACE, BETTER, HERE);
      whole(ADD, HERE, HERE, STEP);
      return;
    }
    compare(BETTER, CELL, IS_UNORDERED, CELL);
    whole(OR, UNORDERED, UNORDERED, BETTER);
    if (isRest) {
      whole(OR, OTHER, WORST_CELL, WORST_CELL);
      choose(OTHER, REST, CELL);
      whole(OR, CELL, OTHER, OTHER);
    }
    writeExtremeOf(CELL);
  }

  /**
   * The extreme of two cells: of two zeros the instruction gives the second, so it is asked in both
   * orders, and bits that are the same but for that are joined.
   */
  private void writeExtremeOf(int other) {
    int opcode = kind.isLeast ? LEAST : LARGEST;
    whole(opcode, BETTER, BEST, other);
    whole(opcode, BEST, other, BEST);
    whole(kind.isLeast ? OR : AND, BEST, BEST, BETTER);
  }

  private void writeExtreme() {
    swapHalves(CELL, BEST);
    writeExtremeOf(CELL);
    swapNeighbours(CELL, BEST);
    writeExtremeOf(CELL);
    store(BEST);
  }

  /** The largest place of the lanes that have the extreme. */
  private void writePlace() {
    int opcode = kind.isLeast ? LEAST : LARGEST;
    swapHalves(CELL, BEST);
    whole(opcode, CELL, CELL, BEST);
    swapNeighbours(OTHER, CELL);
    whole(opcode, CELL, CELL, OTHER);
    compare(BETTER, BEST, IS_EQUAL, CELL);
    whole(AND, PLACE, PLACE, BETTER);
    swapHalves(CELL, PLACE);
    whole(LARGEST, PLACE, PLACE, CELL);
    swapNeighbours(CELL, PLACE);
    whole(LARGEST, PLACE, PLACE, CELL);
    store(PLACE);
  }

  private void store(int register) {
    to.vector(MAP_0F, PREFIX_F2, false, STORE, register, 0, Address.of(R8));
  }

  private void compare(int result, int one, int comparison, int other) {
    whole(COMPARE, result, one, other);
    to.control(comparison);
  }

  /** Of each lane {@code other} where the mask says so. */
  private void choose(int result, int mask, int other) {
    to.vector(MAP_0F3A, PREFIX_66, true, CHOOSE, result, result, other);
    to.control(mask << 4);
  }

  private void swapHalves(int result, int of) {
    to.vector(MAP_0F3A, PREFIX_66, true, SWAP_HALVES, result, of, of);
    to.control(1);
  }

  private void swapNeighbours(int result, int of) {
    to.vector(MAP_0F3A, PREFIX_66, true, SWAP_NEIGHBOURS, result, 0, of);
    to.control(5);
  }

  private void whole(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, opcode, result, one, other);
  }
}
