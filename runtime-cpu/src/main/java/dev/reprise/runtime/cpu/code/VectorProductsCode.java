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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;

/**
 * The machine code of {@link VectorProducts}, of doubles: a function of the System V calling
 * convention that is given where its arguments are. Rows are read one behind the other, as fast as
 * memory gives them; registers of 32 bytes do for that.
 *
 * <pre>
 *   a row by a vector      four sums of four lanes each, of 16 cells in turns; the fours that are
 *                          left go to the first sum, what is left of them to the second:
 *                          (sum 0 + sum 1) + (sum 2 + sum 3), then lanes (0 + 2) + (1 + 3)
 *   rows by their factors  a group of eight: to each column's sum the products of rows 0, 3, 5, 7,
 *                          one after the other, and then the sum of those of rows 1, 2, 4, 6;
 *                          rows behind the last group one by one
 *   both                   the eight rows are still in the first cache
 * </pre>
 */
final class VectorProductsCode {
  /** What a piece of code computes. */
  enum Kind {
    ROWS,
    COLUMNS,
    CHAIN,
    /** As CHAIN, but each row's product is multiplied with a factor of the row. */
    CHAIN_TIMES,
    /** As CHAIN, but something of each row is subtracted from its product. */
    CHAIN_MINUS
  }

  // Places of the arguments, counted in longs.
  static final int CELLS = 0;
  static final int ROW_BYTES = 1;

  /** Rows, or groups of {@link #GROUP_ROWS}. */
  static final int COUNT = 2;

  /** Rows behind the last group. */
  static final int ROWS_LEFT = 3;

  /** Sixteens of cells of a row, and the fours that are left. */
  static final int SIXTEENS = 4;

  static final int FOURS = 5;

  /** All fours of a row. */
  static final int ALL_FOURS = 6;

  /** Bytes of cells behind the fours; their mask is {@link #MASK}. */
  static final int REST_BYTES = 7;

  static final int VECTORS = 8;

  /** What rows are multiplied by, and from a vector to the next. */
  static final int RIGHT = 9;

  static final int RIGHT_BYTES = 10;

  /** Products of rows, row by row, or sums of columns, vector by vector. */
  static final int TARGET = 11;

  /** From the sums of a vector to those of the next. */
  static final int TARGET_BYTES = 12;

  /** Factors of rows, and from those of a row to those of the next. */
  static final int FACTORS = 13;

  static final int FACTORS_BYTES = 14;

  /** What is done to products in a chain, a number for each row. */
  static final int WITH = 15;

  static final int MASK = 16;

  /** The products of a group's rows. */
  static final int PRODUCTS = 20;

  static final int GROUP_ROWS = 8;
  static final int ARGUMENTS = PRODUCTS + GROUP_ROWS;

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
  private static final int LANES = 4;
  private static final int VECTOR_BYTES = LANES * Double.BYTES;

  // General registers that keep their meaning.
  private static final int FIRST_ROW = R12;
  private static final int ROW = RBP;
  private static final int THREE_ROWS = R14;
  private static final int LEFT = R15;
  private static final int FACTOR = RBX;

  /** First of the registers with a factor for each row of a group. */
  private static final int ROW_FACTORS = 8;

  private static final int STORE = 0x11;
  private static final int UPPER_OF_PAIR = 0x15;
  private static final int UPPER_LANES = 0x19;
  private static final int ADD = 0x58;
  private static final int MULTIPLY = 0x59;
  private static final int SUBTRACT = 0x5C;
  private static final int MULTIPLY_ADD = 0xB8;

  /** The rows of a group in two halves, each from a pointer of its own. */
  private static final int[] HALVES = {R8, R9};

  private final Assembler to = new Assembler(true);
  private final Kind kind;

  private VectorProductsCode(Kind kind) {
    this.kind = kind;
  }

  static byte[] of(Kind kind) {
    return new VectorProductsCode(kind).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.load(FIRST_ROW, argument(CELLS));
    to.load(ROW, argument(ROW_BYTES));
    to.address(THREE_ROWS, Address.of(ROW, ROW, 2));
    to.load(FACTOR, argument(FACTORS));
    to.load(RSI, argument(kind == Kind.ROWS ? TARGET : WITH));
    if (kind == Kind.ROWS) {
      times(COUNT, this::writeRow);
    } else {
      times(COUNT, () -> writeGroup(GROUP_ROWS));
      times(ROWS_LEFT, () -> writeGroup(1));
    }
    to.zero(RAX);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    return to.bytes();
  }

  /** Repeats code as often as an argument says, which may be never. */
  private void times(int count, Runnable body) {
    to.load(LEFT, argument(count));
    repeat(LEFT, body);
  }

  private void repeat(int counter, Runnable body) {
    to.test(counter);
    int none = to.jumpIfZero();
    int next = to.here();
    body.run();
    to.decrement(counter);
    to.jumpBackUnlessZero(next);
    to.landHere(none);
  }

  // ---- products of rows

  /** The products of a row with all vectors. */
  private void writeRow() {
    to.load(R10, argument(RIGHT));
    to.load(R13, argument(VECTORS));
    repeat(
        R13,
        () -> {
          writeProduct(FIRST_ROW);
          storeDouble(Address.of(RSI));
          to.addNumber(RSI, Double.BYTES);
          to.add(R10, argument(RIGHT_BYTES));
        });
    to.add(FIRST_ROW, ROW);
  }

  /** The product of a row with the vector at R10, into the first lane of the first register. */
  private void writeProduct(int row) {
    for (int sum = 0; sum < 4; sum++) {
      to.clear(sum);
    }
    to.zero(RAX);
    to.load(RCX, argument(SIXTEENS));
    repeat(
        RCX,
        () -> {
          for (int sum = 0; sum < 4; sum++) {
            addProduct(sum, row, sum * VECTOR_BYTES);
          }
          to.addNumber(RAX, 4 * VECTOR_BYTES);
        });
    to.load(RCX, argument(FOURS));
    repeat(
        RCX,
        () -> {
          addProduct(0, row, 0);
          to.addNumber(RAX, VECTOR_BYTES);
        });
    int none = jumpIfNoRest();
    to.loadVector(7, argument(MASK));
    to.loadMasked(4, 7, Address.of(row, RAX, 1));
    to.loadMasked(5, 7, Address.of(R10, RAX, 1));
    to.multiplyAdd(1, 4, 5);
    to.landHere(none);
    whole(ADD, 0, 0, 1);
    whole(ADD, 2, 2, 3);
    whole(ADD, 0, 0, 2);
    // Its result is the operand that is the last one of others.
    to.vector(MAP_0F3A, PREFIX_66, true, UPPER_LANES, 0, 0, 1);
    to.control(1);
    to.vector(MAP_0F, PREFIX_66, false, ADD, 0, 0, 1);
    to.vector(MAP_0F, PREFIX_66, false, UPPER_OF_PAIR, 1, 0, 0);
    to.vector(MAP_0F, PREFIX_F2, false, ADD, 0, 0, 1);
  }

  private void addProduct(int sum, int row, int offset) {
    to.loadVector(4 + sum, Address.of(row, RAX, 1).plus(offset));
    to.doubles(
        MAP_0F38, PREFIX_66, MULTIPLY_ADD, sum, 4 + sum, Address.of(R10, RAX, 1).plus(offset));
  }

  private int jumpIfNoRest() {
    to.load(RCX, argument(REST_BYTES));
    to.test(RCX);
    return to.jumpIfZero();
  }

  private void storeDouble(Address into) {
    to.vector(MAP_0F, PREFIX_F2, false, STORE, 0, 0, into);
  }

  // ---- sums of columns

  private void writeGroup(int rows) {
    if (kind != Kind.COLUMNS) {
      writeProducts(rows);
    }
    to.load(R11, argument(TARGET));
    if (kind == Kind.COLUMNS) {
      to.move(R10, FACTOR);
    } else {
      to.address(R10, argument(PRODUCTS));
    }
    to.load(R13, argument(VECTORS));
    repeat(R13, () -> writeSums(rows));
    to.address(FIRST_ROW, Address.of(FIRST_ROW, ROW, rows));
    if (kind == Kind.COLUMNS) {
      for (int i = 0; i < rows; i++) {
        to.add(FACTOR, argument(FACTORS_BYTES));
      }
    }
  }

  /** Products of the group's rows with the vector, changed as the kind says. */
  private void writeProducts(int rows) {
    to.load(R10, argument(RIGHT));
    to.address(R11, argument(PRODUCTS));
    to.move(R8, FIRST_ROW);
    to.zero(R13);
    to.addNumber(R13, rows);
    repeat(
        R13,
        () -> {
          writeProduct(R8);
          if (kind == Kind.CHAIN_TIMES || kind == Kind.CHAIN_MINUS) {
            int opcode = kind == Kind.CHAIN_TIMES ? MULTIPLY : SUBTRACT;
            to.vector(MAP_0F, PREFIX_F2, false, opcode, 0, 0, Address.of(RSI));
            to.addNumber(RSI, Double.BYTES);
          }
          storeDouble(Address.of(R11));
          to.addNumber(R11, Double.BYTES);
          to.add(R8, ROW);
        });
  }

  /** Adds the rows, each times its factor at R10, to the sums at R11. */
  private void writeSums(int rows) {
    to.move(RAX, R10);
    for (int i = 0; i < rows; i++) {
      to.broadcast(ROW_FACTORS + i, Address.of(RAX));
      to.add(RAX, argument(FACTORS_BYTES));
    }
    to.move(HALVES[0], FIRST_ROW);
    if (rows > 1) {
      to.address(HALVES[1], Address.of(FIRST_ROW, ROW, 4));
    }
    to.move(RDX, R11);
    to.load(RCX, argument(ALL_FOURS));
    repeat(
        RCX,
        () -> {
          to.loadVector(0, Address.of(RDX));
          if (rows == 1) {
            addRow(0, 0);
          } else {
            to.vector(MAP_0F, PREFIX_66, true, MULTIPLY, 1, ROW_FACTORS + 1, place(1));
            addRow(0, 0);
            for (int i = 2; i < rows; i++) {
              addRow(sumOf(i), i);
            }
            whole(ADD, 0, 0, 1);
          }
          to.storeVector(Address.of(RDX), 0);
          to.addNumber(RDX, VECTOR_BYTES);
          to.addNumber(HALVES[0], VECTOR_BYTES);
          if (rows > 1) {
            to.addNumber(HALVES[1], VECTOR_BYTES);
          }
        });
    int none = jumpIfNoRest();
    to.loadVector(7, argument(MASK));
    to.loadMasked(0, 7, Address.of(RDX));
    to.clear(1);
    for (int i = 0; i < rows; i++) {
      to.loadMasked(2, 7, place(i));
      if (rows > 1 && i == 1) {
        whole(MULTIPLY, 1, ROW_FACTORS + i, 2);
      } else {
        to.multiplyAdd(sumOf(i), ROW_FACTORS + i, 2);
      }
    }
    if (rows > 1) {
      whole(ADD, 0, 0, 1);
    }
    to.storeMasked(Address.of(RDX), 7, 0);
    to.landHere(none);
    to.add(R11, argument(TARGET_BYTES));
    to.addNumber(R10, Double.BYTES);
  }

  /** Which of two sums a row of a group is added to, so that neither waits for all the others. */
  private static int sumOf(int row) {
    return row == 1 || row == 2 || row == 4 || row == 6 ? 1 : 0;
  }

  private void addRow(int sum, int row) {
    to.doubles(MAP_0F38, PREFIX_66, MULTIPLY_ADD, sum, ROW_FACTORS + row, place(row));
  }

  /** Where the cells of a group's row are. */
  private Address place(int row) {
    int half = HALVES[row / 4];
    return switch (row % 4) {
      case 0 -> Address.of(half);
      case 3 -> Address.of(half, THREE_ROWS, 1);
      default -> Address.of(half, ROW, row % 4);
    };
  }

  private void whole(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, opcode, result, one, other);
  }
}
