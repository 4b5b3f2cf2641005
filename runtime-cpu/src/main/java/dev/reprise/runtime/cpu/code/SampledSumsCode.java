package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
import static dev.reprise.runtime.cpu.code.Assembler.R15;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

/**
 * The machine code of {@link SampledSums}: a function of the System V calling convention that is
 * given where its arguments are.
 *
 * <p>Of each row up to eight sums are made at once, one double each: a multiplication with addition
 * waits four cycles for the one before it in its sum, and two begin in each cycle. Sums beside each
 * other in a vector would need their cells gathered, which takes no less time.
 */
final class SampledSumsCode {
  // Places of the arguments, counted in longs. Those of rows move from row to row.
  static final int ROWS = 0;

  /** The first row's start, and the others behind it. */
  static final int STARTS = 1;

  static final int LEFT = 2;
  static final int LEFT_STEP = 3;
  static final int RIGHT = 4;
  static final int RIGHT_STEP = 5;
  static final int COLUMNS = 6;
  static final int TARGET = 7;
  static final int TERM_BYTES = 8;
  static final int ADDS = 9;

  /** How many sums are made at once, in the order in which that is tried. */
  static final int MOST = 10;

  static final int ARGUMENTS = MOST + 2;

  private static final int[] AT_ONCE = {8, 4};

  /** Where the cells begin that the sums are made with. */
  private static final int[] CELLS = {RAX, RCX, RDX, RBX, RBP, RSI, R8, R9};

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  private static final int ROW = R10;
  private static final int TERM = R11;
  private static final int COLUMN = R12;
  private static final int SUM = R13;
  private static final int LEFT_OVER = R14;
  private static final int END = R15;

  /** The vector register of a row's cell; those of sums are before. */
  private static final int CELL = 8;

  private final Assembler to = new Assembler(true);
  private final int unrolled;

  private SampledSumsCode(int unrolled) {
    this.unrolled = unrolled;
  }

  /**
   * Code for a number of terms that is a multiple of one.
   *
   * @param unrolled that one: how many terms are written out one after the other
   */
  static byte[] of(int unrolled) {
    return new SampledSumsCode(unrolled).write();
  }

  /** What the places from {@link #MOST} on hold. */
  static void writeConstants(long[] arguments) {
    for (int i = 0; i < AT_ONCE.length; i++) {
      arguments[MOST + i] = AT_ONCE[i];
    }
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.load(ROW, argument(LEFT));
    to.load(COLUMN, argument(COLUMNS));
    to.load(SUM, argument(TARGET));
    to.load(END, argument(TERM_BYTES));
    int row = to.here();
    to.load(RAX, argument(STARTS));
    to.load(LEFT_OVER, Address.of(RAX, Long.BYTES));
    to.subtract(LEFT_OVER, Address.of(RAX));
    to.addNumber(RAX, Long.BYTES);
    to.store(argument(STARTS), RAX);
    writeRow();
    to.add(ROW, argument(LEFT_STEP));
    to.load(RAX, argument(ROWS));
    to.decrement(RAX);
    to.store(argument(ROWS), RAX);
    to.jumpBackUnlessZero(row);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  /** As many at once as there are left, and one by one in the end. */
  private void writeRow() {
    int next = to.here();
    int[] enough = new int[AT_ONCE.length];
    for (int i = 0; i < AT_ONCE.length; i++) {
      to.load(RAX, argument(MOST + i));
      to.compare(LEFT_OVER, RAX);
      enough[i] = to.jumpUnlessBelow();
    }
    to.test(LEFT_OVER);
    int none = to.jumpIfZero();
    writeSums(1);
    to.jumpBack(next);
    for (int i = 0; i < AT_ONCE.length; i++) {
      to.landHere(enough[i]);
      writeSums(AT_ONCE[i]);
      to.jumpBack(next);
    }
    to.landHere(none);
  }

  private void writeSums(int count) {
    to.load(TERM, argument(RIGHT_STEP));
    for (int i = 0; i < count; i++) {
      to.loadInt(CELLS[i], Address.of(COLUMN, i * Integer.BYTES));
      to.multiply(CELLS[i], TERM);
      to.add(CELLS[i], argument(RIGHT));
      to.clear(i);
    }
    to.zero(TERM);
    int loop = to.here();
    for (int term = 0; term < unrolled; term++) {
      int at = term * Double.BYTES;
      to.loadDouble(CELL + term % 2, Address.of(ROW, TERM, 1).plus(at));
      for (int i = 0; i < count; i++) {
        to.multiplyAddDouble(i, CELL + term % 2, Address.of(CELLS[i], TERM, 1).plus(at));
      }
    }
    to.addNumber(TERM, unrolled * Double.BYTES);
    to.compare(TERM, END);
    to.jumpBackUnlessZero(loop);
    to.load(TERM, argument(ADDS));
    to.test(TERM);
    int first = to.jumpIfZero();
    for (int i = 0; i < count; i++) {
      to.addDouble(i, i, Address.of(SUM, i * Double.BYTES));
    }
    to.landHere(first);
    for (int i = 0; i < count; i++) {
      to.storeDouble(Address.of(SUM, i * Double.BYTES), i);
    }
    to.addNumber(COLUMN, count * Integer.BYTES);
    to.addNumber(SUM, count * Double.BYTES);
    to.addNumber(LEFT_OVER, -count);
  }
}
