package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;

/**
 * The machine code of {@link BucketSorting#keys}: bits of doubles that compare as whole numbers,
 * the least and the largest of them, and whether all cells are in order as they are. A function of
 * the System V calling convention that is given where its arguments are.
 */
final class SortKeysCode {
  // Places of the arguments, counted in longs.
  static final int CELLS = 0;

  /** The cell before the first one; 0 where there is none. */
  static final int BEFORE = 1;

  static final int KEYS = 2;
  static final int FOURS = 3;

  /** Bytes from behind the whole groups to the last one, which may share cells with another. */
  static final int LAST_BYTES = 4;

  /** All bits or none: whether keys are turned around. */
  static final int FLIP = 5;

  /** All bits but the sign. */
  static final int MAGNITUDE_BITS = 6;

  /** Of each lane, before and behind; so with the largest, and with what is not in order. */
  static final int LEAST = 7;

  static final int LARGEST = 11;
  static final int UNORDERED = 15;

  /**
   * Where there is no cell before the first one, what four are compared with: the first one by
   * itself, which shows whether it is a number, the others by the ones before them.
   */
  static final int HEAD = UNORDERED + 4;

  static final int ARGUMENTS = HEAD + 4;

  // Vector registers.
  private static final int CELL = 0;
  private static final int KEY = 1;
  private static final int ZERO = 2;
  private static final int SIGN = 3;
  private static final int MAGNITUDE = 4;
  private static final int FLIPPED = 5;
  private static final int LEAST_KEY = 6;
  private static final int LARGEST_KEY = 7;
  private static final int MET = 8;
  private static final int PREVIOUS = 9;

  private static final int AND = 0x54;
  private static final int OR = 0x56;
  private static final int FLIP_BITS = 0x57;
  private static final int ADD = 0x58;
  private static final int COMPARE = 0xC2;
  private static final int IS_GREATER = 0x37;
  private static final int CHOOSE = 0x4B;

  // True where a cell is no number.
  private static final int IS_NOT_AT_MOST = 0x16;
  private static final int IS_NOT_AT_LEAST = 0x19;

  private final Assembler to = new Assembler(true);
  private final boolean isDecreasing;

  private SortKeysCode(boolean isDecreasing) {
    this.isDecreasing = isDecreasing;
  }

  static byte[] of(boolean isDecreasing) {
    return new SortKeysCode(isDecreasing).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    to.load(RDX, argument(CELLS));
    to.load(R8, argument(BEFORE));
    writeHead();
    to.load(R9, argument(KEYS));
    to.load(RCX, argument(FOURS));
    to.broadcast(FLIPPED, argument(FLIP));
    to.broadcast(MAGNITUDE, argument(MAGNITUDE_BITS));
    to.loadVector(LEAST_KEY, argument(LEAST));
    to.loadVector(LARGEST_KEY, argument(LARGEST));
    to.loadVector(MET, argument(UNORDERED));
    to.clear(ZERO);
    int next = to.here();
    writeGroup();
    to.move(R8, RDX);
    to.addNumber(R8, 3 * Double.BYTES);
    to.addNumber(RDX, 4 * Double.BYTES);
    to.addNumber(R9, 4 * Double.BYTES);
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    to.load(RSI, argument(LAST_BYTES));
    to.add(RDX, RSI);
    to.add(R8, RSI);
    to.add(R9, RSI);
    writeGroup();
    to.storeVector(argument(LEAST), LEAST_KEY);
    to.storeVector(argument(LARGEST), LARGEST_KEY);
    to.storeVector(argument(UNORDERED), MET);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  /** Copies three cells, so that none before the first one is read. */
  private void writeHead() {
    to.test(R8);
    int isFirst = to.jumpIfZero();
    int hasOneBefore = to.jump();
    to.landHere(isFirst);
    for (int lane = 0; lane < 4; lane++) {
      to.load(RAX, Address.of(RDX, Math.max(lane - 1, 0) * Double.BYTES));
      to.store(argument(HEAD + lane), RAX);
    }
    to.address(R8, argument(HEAD));
    to.landHere(hasOneBefore);
  }

  private void writeGroup() {
    to.loadVector(CELL, Address.of(RDX));
    to.loadVector(PREVIOUS, Address.of(R8));
    whole(COMPARE, PREVIOUS, PREVIOUS, CELL);
    to.control(isDecreasing ? IS_NOT_AT_LEAST : IS_NOT_AT_MOST);
    whole(OR, MET, MET, PREVIOUS);
    // Then both zeros have the same bits.
    whole(ADD, KEY, CELL, ZERO);
    greater(SIGN, ZERO, KEY);
    whole(AND, SIGN, SIGN, MAGNITUDE);
    whole(FLIP_BITS, KEY, KEY, SIGN);
    whole(FLIP_BITS, KEY, KEY, FLIPPED);
    to.storeVector(Address.of(R9), KEY);
    greater(SIGN, LEAST_KEY, KEY);
    choose(LEAST_KEY);
    greater(SIGN, KEY, LARGEST_KEY);
    choose(LARGEST_KEY);
  }

  private void greater(int result, int one, int other) {
    to.vector(MAP_0F38, PREFIX_66, true, IS_GREATER, result, one, other);
  }

  /** The key where the comparison holds. */
  private void choose(int extreme) {
    to.vector(MAP_0F3A, PREFIX_66, true, CHOOSE, extreme, extreme, KEY);
    to.control(SIGN << 4);
  }

  private void whole(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, opcode, result, one, other);
  }
}
