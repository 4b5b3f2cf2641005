package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

/**
 * The machine code of {@link CompressedSums}: functions of the System V calling convention that are
 * given where their arguments are. Each works on some columns of the dense matrices, as many
 * registers of them as it is written for.
 */
final class CompressedSumsCode {
  // Places of the arguments, counted in longs. Those of rows move from row to row.
  static final int ROWS = 0;

  /** The first row's start, and the others behind it. */
  static final int STARTS = 1;

  static final int VALUES = 2;
  static final int COLUMNS = 3;
  static final int RIGHT = 4;
  static final int RIGHT_STEP = 5;
  static final int TARGET = 6;
  static final int TARGET_STEP = 7;

  /** As many bytes as the largest registers have: which cells of the last register there are. */
  static final int MASK = 8;

  static final int ARGUMENTS = MASK + 8;

  /** Registers of a row, at most. */
  static final int MOST_VECTORS = 8;

  private static final int ROWS_LEFT = R8;
  private static final int START = R9;
  private static final int VALUE = RSI;
  private static final int COLUMN = RDX;
  private static final int RIGHT_ROW = R10;
  private static final int TARGET_ROW = R11;
  private static final int LEFT_OVER = RCX;
  private static final int OTHER = RAX;

  /** The step of the rows that values choose. */
  private static final int CHOSEN_STEP = RBX;

  // Vector registers behind those of a row. A mask of the largest ones is register 1 of masks.
  private static final int REPEATED = MOST_VECTORS;
  private static final int PART = MOST_VECTORS + 1;
  private static final int MASK_VECTOR = 15;
  private static final int MASK_OF_LARGEST = 1;

  private final Assembler to;
  private final VectorRegisters registers;
  private final int vectors;

  private CompressedSumsCode(VectorRegisters registers, int vectors) {
    this.to = new Assembler(true, registers);
    this.registers = registers;
    this.vectors = vectors;
  }

  /** Sums of the rows that a row's values choose. */
  static byte[] ofChosen(VectorRegisters registers, int vectors) {
    return new CompressedSumsCode(registers, vectors).writeOfChosen(false);
  }

  /** The same, which go on from what the target has. */
  static byte[] moreOfChosen(VectorRegisters registers, int vectors) {
    return new CompressedSumsCode(registers, vectors).writeOfChosen(true);
  }

  /** Additions of a row to those that its values choose. */
  static byte[] toChosen(VectorRegisters registers, int vectors) {
    return new CompressedSumsCode(registers, vectors).writeToChosen();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] writeOfChosen(boolean goesOn) {
    begin(RIGHT_STEP);
    int row = to.here();
    for (int i = 0; i < vectors; i++) {
      Address cells = Address.of(TARGET_ROW, i * registers.bytes());
      if (!goesOn) {
        to.clear(i);
      } else if (i == vectors - 1) {
        to.loadMasked(i, mask(), cells);
      } else {
        to.loadVector(i, cells);
      }
    }
    writeValues(() -> {
      to.add(OTHER, RIGHT_ROW);
      for (int i = 0; i < vectors; i++) {
        Address cells = Address.of(OTHER, i * registers.bytes());
        if (i == vectors - 1) {
          to.loadMasked(PART, mask(), cells);
          to.multiplyVector(PART, REPEATED, PART);
        } else {
          to.multiplyVector(PART, REPEATED, cells);
        }
        to.addVector(i, i, PART);
      }
    });
    for (int i = 0; i < vectors; i++) {
      Address cells = Address.of(TARGET_ROW, i * registers.bytes());
      if (i == vectors - 1) {
        to.storeMasked(cells, mask(), i);
      } else {
        to.storeVector(cells, i);
      }
    }
    to.add(TARGET_ROW, argument(TARGET_STEP));
    return end(row);
  }

  private byte[] writeToChosen() {
    begin(TARGET_STEP);
    int row = to.here();
    for (int i = 0; i < vectors; i++) {
      Address cells = Address.of(RIGHT_ROW, i * registers.bytes());
      if (i == vectors - 1) {
        to.loadMasked(i, mask(), cells);
      } else {
        to.loadVector(i, cells);
      }
    }
    writeValues(() -> {
      to.add(OTHER, TARGET_ROW);
      for (int i = 0; i < vectors; i++) {
        Address cells = Address.of(OTHER, i * registers.bytes());
        to.multiplyVector(PART, REPEATED, i);
        to.addVector(PART, PART, cells);
        to.storeVector(cells, PART);
      }
    });
    to.add(RIGHT_ROW, argument(RIGHT_STEP));
    return end(row);
  }

  private void begin(int chosenStep) {
    to.push(RBX);
    to.load(CHOSEN_STEP, argument(chosenStep));
    to.load(ROWS_LEFT, argument(ROWS));
    to.load(START, argument(STARTS));
    to.load(VALUE, argument(VALUES));
    to.load(COLUMN, argument(COLUMNS));
    to.load(RIGHT_ROW, argument(RIGHT));
    to.load(TARGET_ROW, argument(TARGET));
    if (registers == VectorRegisters.BYTES_64) {
      to.loadVector(MASK_VECTOR, argument(MASK));
      to.maskOf(MASK_OF_LARGEST, MASK_VECTOR);
    } else {
      to.loadVector(MASK_VECTOR, argument(MASK));
    }
  }

  private int mask() {
    return registers == VectorRegisters.BYTES_64 ? MASK_OF_LARGEST : MASK_VECTOR;
  }

  /**
   * Goes through the values of a row.
   *
   * @param each is given how far the row that a value chooses lies from the first, in {@link
   *     #OTHER}, and the value in all lanes of {@link #REPEATED}
   */
  private void writeValues(Runnable each) {
    to.load(LEFT_OVER, Address.of(START, Long.BYTES));
    to.subtract(LEFT_OVER, Address.of(START));
    to.addNumber(START, Long.BYTES);
    to.test(LEFT_OVER);
    int none = to.jumpIfZero();
    int next = to.here();
    to.loadInt(OTHER, Address.of(COLUMN));
    to.multiply(OTHER, CHOSEN_STEP);
    to.broadcast(REPEATED, Address.of(VALUE));
    each.run();
    to.addNumber(COLUMN, Integer.BYTES);
    to.addNumber(VALUE, Double.BYTES);
    to.decrement(LEFT_OVER);
    to.jumpBackUnlessZero(next);
    to.landHere(none);
  }

  private byte[] end(int row) {
    to.decrement(ROWS_LEFT);
    to.jumpBackUnlessZero(row);
    to.pop(RBX);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }
}
