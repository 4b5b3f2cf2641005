package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

import dev.reprise.runtime.Precision;
import java.util.function.Consumer;

/**
 * The machine code of {@link ColumnSums}, {@link ColumnProducts}, {@link ColumnExtremes} and {@link
 * ColumnPlaces}: two loops, over groups of rows and over blocks of columns, whose sums or extremes
 * are in registers while the rows of a group are added. Each row of a group has a load of its own,
 * which goes from a block to the next: then processors see where it will go on and fetch that,
 * which they do not for one load that jumps from row to row (a fifth of the time where cells come
 * from memory). The rows that are left are added by a loop. A function of the System V calling
 * convention that is given where the arguments and the sums are, and returns whether it met a cell
 * that is no number, if it looks for extremes.
 */
final class ColumnFoldCode {
  /** What becomes of a column. */
  enum Kind {
    /** The sum of its cells, and what that lost. */
    SUM,
    /** The sum of squared distances from a center, and what that lost. */
    SQUARES,
    PRODUCT,
    LEAST,
    LARGEST,
    /** The largest cell, and the row of the last that is as large; no row for cells like NaN. */
    PLACE_OF_LARGEST,
    /** Likewise, of the least. */
    PLACE_OF_LEAST;

    private boolean isSum() {
      return this == SUM || this == SQUARES;
    }

    private boolean isExtreme() {
      return this == LEAST || this == LARGEST;
    }

    private boolean isPlace() {
      return this == PLACE_OF_LARGEST || this == PLACE_OF_LEAST;
    }
  }

  // Places of the arguments, counted in longs.
  static final int CELLS = 0;
  static final int ROW_BYTES = 1;
  static final int GROUP_BYTES = 2;
  static final int GROUPS = 3;

  /** Rows behind the last group. */
  static final int ROWS_LEFT = 4;

  /** From the sums to what they lost, and from there to the centers; or to the places. */
  static final int LOST_BYTES = 5;

  /** The number of the next row, as a double, and the one from a row to the next. */
  static final int NEXT_ROW = 6;

  static final int ONE_ROW = 7;

  /** How many blocks there are of each kind. */
  static final int BLOCKS = 8;

  static final int ARGUMENTS = BLOCKS + Block.values().length;

  /** Columns that are computed together. */
  enum Block {
    VECTORS(4, 4),
    VECTOR(1, 4),
    COLUMN(1, 1);

    private final int registers;
    private final int lanes;

    Block(int registers, int lanes) {
      this.registers = registers;
      this.lanes = lanes;
    }

    int columns() {
      return registers * lanes;
    }
  }

  /** Rows of a group. */
  static final int GROUP_ROWS = 16;

  /** Every fourth row of a group; the others lie one to three times {@code ROW} behind. */
  private static final int[] POINTERS = {R9, RBX, R13, RAX};

  private static final int ROW = RBP;
  private static final int THREE_ROWS = R12;
  private static final int CENTERS = R14;
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14};

  // Vector registers: sums of the rows, products or extremes, are the first four.
  private static final int WIDENED = 4;
  private static final int SUM = 5;
  private static final int NEXT = 6;
  private static final int PART = 7;
  private static final int LOSS = 8;
  private static final int CENTER = 9;
  private static final int PLACE = 9;
  private static final int UNORDERED = 13;
  private static final int HERE = 14;
  private static final int ONE = 15;

  private static final int ADD = 0x58;
  private static final int SUBTRACT = 0x5C;
  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int WIDEN = 0x5A;
  private static final int MULTIPLY = 0x59;
  private static final int SIGNS = 0x50;
  private static final int AND = 0x54;
  private static final int OR = 0x56;
  private static final int LEAST = 0x5D;
  private static final int LARGEST = 0x5F;
  private static final int COMPARE = 0xC2;
  private static final int CHOOSE = 0x4B;

  // What is compared; the last two are false where a cell is no number.
  private static final int IS_UNORDERED = 0x03;
  private static final int IS_NOT_MORE = 0x12;
  private static final int IS_NOT_LESS = 0x1D;

  private final Assembler to = new Assembler(true);
  private final Precision precision;
  private final Kind kind;

  private ColumnFoldCode(Precision precision, Kind kind) {
    this.precision = precision;
    this.kind = kind;
  }

  static byte[] of(Precision precision, Kind kind) {
    return new ColumnFoldCode(precision, kind).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.clear(UNORDERED);
    if (kind.isPlace()) {
      to.broadcast(ONE, argument(ONE_ROW));
    }
    to.load(RDX, argument(CELLS));
    to.load(ROW, argument(ROW_BYTES));
    to.address(THREE_ROWS, Address.of(ROW, ROW, 2));
    to.load(R8, argument(GROUPS));
    to.test(R8);
    int few = to.jumpIfZero();
    int group = to.here();
    for (int i = 1; i < POINTERS.length; i++) {
      int before = i == 1 ? RDX : POINTERS[i - 1];
      to.address(POINTERS[i], Address.of(before, ROW, 4));
    }
    writeColumns(this::addGroup);
    if (kind.isPlace()) {
      memory(Block.COLUMN, STORE, HERE, argument(NEXT_ROW));
    }
    to.add(RDX, argument(GROUP_BYTES));
    to.decrement(R8);
    to.jumpBackUnlessZero(group);
    to.landHere(few);
    to.load(RAX, argument(ROWS_LEFT));
    to.test(RAX);
    int none = to.jumpIfZero();
    writeColumns(this::addRowsLeft);
    to.landHere(none);
    to.zero(RAX);
    if (kind.isExtreme()) {
      // The signs of all lanes, which are the bits of a comparison.
      to.vector(MAP_0F, PREFIX_66, true, SIGNS, RAX, 0, UNORDERED);
    }
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    return to.bytes();
  }

  /** Of all columns, with the pointers at the first one. */
  private void writeColumns(Consumer<Block> adding) {
    to.move(R9, RDX);
    to.move(R10, RSI);
    to.move(R11, RSI);
    to.add(R11, argument(LOST_BYTES));
    to.move(CENTERS, R11);
    to.add(CENTERS, argument(LOST_BYTES));
    for (Block block : Block.values()) {
      to.load(RCX, argument(BLOCKS + block.ordinal()));
      to.test(RCX);
      int none = to.jumpIfZero();
      int loop = to.here();
      if (kind.isPlace()) {
        to.broadcast(HERE, argument(NEXT_ROW));
      }
      for (int i = 0; i < block.registers; i++) {
        begin(block, i, i * block.lanes * Double.BYTES);
      }
      adding.accept(block);
      for (int i = 0; i < block.registers; i++) {
        end(block, i, i * block.lanes * Double.BYTES);
      }
      to.addNumber(R10, block.columns() * Double.BYTES);
      to.addNumber(R11, block.columns() * Double.BYTES);
      to.addNumber(CENTERS, block.columns() * Double.BYTES);
      to.decrement(RCX);
      to.jumpBackUnlessZero(loop);
      to.landHere(none);
    }
  }

  private void begin(Block block, int sum, int offset) {
    if (kind.isPlace()) {
      memory(block, LOAD, PLACE + sum, Address.of(R11, offset));
    }
    if (!kind.isSum()) {
      memory(block, LOAD, sum, Address.of(R10, offset));
      return;
    }
    to.clear(sum);
    if (kind == Kind.SQUARES) {
      memory(block, LOAD, CENTER + sum, Address.of(CENTERS, offset));
    }
  }

  private void end(Block block, int sum, int offset) {
    if (kind.isSum()) {
      addCompensated(block, sum, offset);
      return;
    }
    memory(block, STORE, sum, Address.of(R10, offset));
    if (kind.isPlace()) {
      memory(block, STORE, PLACE + sum, Address.of(R11, offset));
    }
  }

  private void addGroup(Block block) {
    for (int pointer : POINTERS) {
      addRow(block, Address.of(pointer));
      addRow(block, Address.of(pointer, ROW, 1));
      addRow(block, Address.of(pointer, ROW, 2));
      addRow(block, Address.of(pointer, THREE_ROWS, 1));
    }
    for (int pointer : POINTERS) {
      to.addNumber(pointer, block.columns() * precision.bytesPerCell());
    }
  }

  private void addRowsLeft(Block block) {
    to.move(RBX, R9);
    to.load(RAX, argument(ROWS_LEFT));
    int row = to.here();
    addRow(block, Address.of(RBX));
    to.add(RBX, ROW);
    to.decrement(RAX);
    to.jumpBackUnlessZero(row);
    to.addNumber(R9, block.columns() * precision.bytesPerCell());
  }

  private void addRow(Block block, Address at) {
    int bytes = block.lanes * precision.bytesPerCell();
    for (int i = 0; i < block.registers; i++) {
      addCells(block, i, at.plus(i * bytes));
    }
    if (kind.isPlace()) {
      operate(block, ADD, HERE, HERE, ONE);
    }
  }

  private void addCells(Block block, int sum, Address cells) {
    boolean isWhole = block.lanes > 1;
    int joining = kind == Kind.PRODUCT ? MULTIPLY : ADD;
    if (precision == Precision.FP64 && (kind == Kind.SUM || kind == Kind.PRODUCT)) {
      to.vector(MAP_0F, prefix(block), isWhole, joining, sum, sum, cells);
      return;
    }
    if (precision == Precision.FP64) {
      memory(block, LOAD, WIDENED, cells);
    } else {
      int one = isWhole ? 0 : sum;
      to.vector(MAP_0F, isWhole ? PREFIX_NONE : PREFIX_F3, isWhole, WIDEN, WIDENED, one, cells);
    }
    if (kind.isExtreme()) {
      takeExtreme(block, sum);
      return;
    }
    if (kind.isPlace()) {
      takePlace(block, sum);
      return;
    }
    if (kind == Kind.SQUARES) {
      operate(block, SUBTRACT, WIDENED, WIDENED, CENTER + sum);
      operate(block, MULTIPLY, WIDENED, WIDENED, WIDENED);
    }
    operate(block, joining, sum, sum, WIDENED);
  }

  /** Of an extreme and what was read, and of its row and this one: the second where it is equal. */
  private void takePlace(Block block, int extreme) {
    operate(block, COMPARE, PART, WIDENED, extreme);
    to.control(kind == Kind.PLACE_OF_LEAST ? IS_NOT_MORE : IS_NOT_LESS);
    choose(block, extreme, WIDENED);
    choose(block, PLACE + extreme, HERE);
  }

  /** The other one in the lanes that the comparison found. */
  private void choose(Block block, int result, int other) {
    to.vector(MAP_0F3A, PREFIX_66, block.lanes > 1, CHOOSE, result, result, other);
    to.control(PART << 4);
  }

  /**
   * Of an extreme and what was read: of two zeros the instruction gives the second, so it is asked
   * in both orders, and bits that are the same but for that are joined.
   */
  private void takeExtreme(Block block, int extreme) {
    operate(block, COMPARE, PART, WIDENED, WIDENED);
    to.control(IS_UNORDERED);
    to.vector(MAP_0F, PREFIX_66, true, OR, UNORDERED, UNORDERED, PART);
    int opcode = kind == Kind.LEAST ? LEAST : LARGEST;
    operate(block, opcode, NEXT, extreme, WIDENED);
    operate(block, opcode, extreme, WIDENED, extreme);
    int join = kind == Kind.LEAST ? OR : AND;
    to.vector(MAP_0F, PREFIX_66, true, join, extreme, extreme, NEXT);
  }

  /** Adds to a sum, and what that lost to what it lost before (Knuth's two-sum). */
  private void addCompensated(Block block, int value, int offset) {
    Address sum = Address.of(R10, offset);
    Address lost = Address.of(R11, offset);
    memory(block, LOAD, SUM, sum);
    operate(block, ADD, NEXT, SUM, value);
    operate(block, SUBTRACT, PART, NEXT, SUM);
    operate(block, SUBTRACT, LOSS, NEXT, PART);
    operate(block, SUBTRACT, LOSS, SUM, LOSS);
    operate(block, SUBTRACT, PART, value, PART);
    operate(block, ADD, LOSS, LOSS, PART);
    memory(block, LOAD, SUM, lost);
    operate(block, ADD, SUM, SUM, LOSS);
    memory(block, STORE, SUM, lost);
    memory(block, STORE, NEXT, sum);
  }

  /** Loads or stores a register of a block. */
  private void memory(Block block, int opcode, int register, Address place) {
    to.vector(MAP_0F, prefix(block), block.lanes > 1, opcode, register, 0, place);
  }

  private void operate(Block block, int opcode, int result, int one, int other) {
    to.vector(MAP_0F, prefix(block), block.lanes > 1, opcode, result, one, other);
  }

  private static int prefix(Block block) {
    return block.lanes > 1 ? PREFIX_66 : PREFIX_F2;
  }
}
