package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;

/**
 * The machine code of {@link NonZeros}: functions of the System V calling convention that are given
 * where their arguments are. Four doubles at a time are compared with zero; most of them have none
 * that differ.
 */
final class NonZerosCode {
  // Places of the arguments, counted in longs; those of both first.
  static final int CELLS = 0;

  /** Groups of four cells: all, or those of a row. */
  static final int FOURS = 1;

  /** Bytes of the cells behind them; their mask is {@link #MASK}. */
  static final int REST_BYTES = 2;

  static final int MASK = 3;

  /** Where the count goes, a part of it for each lane. */
  static final int COUNTS = 7;

  static final int ROWS = 11;
  static final int STARTS = 12;
  static final int VALUES = 13;
  static final int COLUMNS = 14;

  /** How many values lie before the first row. */
  static final int AT = 15;

  static final int ARGUMENTS = AT + 1;

  private static final int LANES = 4;

  private static final int COLUMN = RBX;
  private static final int COLUMN_OF_LANE = RBP;

  // Vector registers.
  private static final int CELL = 0;
  private static final int ZERO = 1;
  private static final int DIFFER = 2;
  private static final int COUNT = 3;
  private static final int REST = 4;

  private static final int SIGNS = 0x50;
  private static final int FROM_GENERAL = 0x6E;
  private static final int COMPARE = 0xC2;
  private static final int SUBTRACT_WHOLE = 0xFB;

  /** True of what is no number, too. */
  private static final int IS_NOT_EQUAL = 0x04;

  private final Assembler to = new Assembler(true);

  private NonZerosCode() {}

  /** How many cells are not zero. */
  static byte[] ofCount() {
    return new NonZerosCode().writeCount();
  }

  /** Copies of those of rows, with their columns, and where each row begins. */
  static byte[] ofCopy() {
    return new NonZerosCode().writeCopy();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] writeCount() {
    begin();
    to.clear(COUNT);
    to.load(R8, argument(FOURS));
    writeCells(this::count);
    to.storeVector(argument(COUNTS), COUNT);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  private void begin() {
    to.load(RDX, argument(CELLS));
    to.loadVector(REST, argument(MASK));
    to.clear(ZERO);
  }

  /** Groups as many as a register says, then what is left. */
  private void writeCells(Runnable group) {
    to.test(R8);
    int few = to.jumpIfZero();
    int next = to.here();
    to.loadVector(CELL, Address.of(RDX));
    group.run();
    to.addNumber(RDX, LANES * Double.BYTES);
    to.decrement(R8);
    to.jumpBackUnlessZero(next);
    to.landHere(few);
    to.load(RAX, argument(REST_BYTES));
    to.test(RAX);
    int none = to.jumpIfZero();
    to.loadMasked(CELL, REST, Address.of(RDX));
    group.run();
    to.add(RDX, argument(REST_BYTES));
    to.landHere(none);
  }

  /** What differs is all bits, as a whole number -1. */
  private void count() {
    compare();
    to.vector(MAP_0F, PREFIX_66, true, SUBTRACT_WHOLE, COUNT, COUNT, DIFFER);
  }

  private void compare() {
    to.vector(MAP_0F, PREFIX_66, true, COMPARE, DIFFER, CELL, ZERO);
    to.control(IS_NOT_EQUAL);
  }

  private byte[] writeCopy() {
    to.push(COLUMN);
    to.push(COLUMN_OF_LANE);
    begin();
    to.load(RCX, argument(ROWS));
    to.load(R9, argument(STARTS));
    to.load(R10, argument(VALUES));
    to.load(R11, argument(COLUMNS));
    to.load(RSI, argument(AT));
    int row = to.here();
    to.store(Address.of(R9), RSI);
    to.addNumber(R9, Long.BYTES);
    to.zero(COLUMN);
    to.load(R8, argument(FOURS));
    writeCells(this::copy);
    to.decrement(RCX);
    to.jumpBackUnlessZero(row);
    to.pop(COLUMN_OF_LANE);
    to.pop(COLUMN);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  private void copy() {
    compare();
    to.vector(MAP_0F, PREFIX_66, true, SIGNS, RAX, 0, DIFFER);
    to.test(RAX);
    int none = to.jumpIfZero();
    for (int lane = 0; lane < LANES; lane++) {
      to.testNumber(RAX, 1 << lane);
      int isZero = to.jumpIfZero();
      copyLane(lane);
      to.landHere(isZero);
    }
    to.landHere(none);
    to.addNumber(COLUMN, LANES);
  }

  private void copyLane(int lane) {
    Address cell = Address.of(RDX, lane * Double.BYTES);
    to.loadDouble(CELL, cell);
    to.storeDouble(Address.of(R10), CELL);
    to.address(COLUMN_OF_LANE, Address.of(COLUMN, lane));
    to.vector(MAP_0F, PREFIX_66, false, FROM_GENERAL, CELL, 0, COLUMN_OF_LANE);
    to.storeFloat(Address.of(R11), CELL);
    to.addNumber(R10, Double.BYTES);
    to.addNumber(R11, Integer.BYTES);
    to.addNumber(RSI, 1);
  }
}
