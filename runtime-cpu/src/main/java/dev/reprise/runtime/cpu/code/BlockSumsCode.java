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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

import dev.reprise.runtime.Precision;

/**
 * The machine code of {@link BlockSums}: functions of the System V calling convention. Short blocks
 * are four at a time, so that no addition waits for the last one; of whole blocks it would not,
 * since most of theirs are those of halves. For sums of squared distances from the mean the sums of
 * the blocks are given, which become those of the squares; two short blocks are at a time then.
 */
final class BlockSumsCode {
  private static final int CELLS = RDI;
  private static final int STEP = RSI;
  private static final int SUMS = RDX;
  private static final int BLOCKS = RCX;

  /** Cells of a block. */
  private static final int COUNT = R8;

  /** Which cell is next, and how many steps are left. */
  private static final int CELL = RAX;

  private static final int LEFT = RBX;

  /** Where blocks begin that are summed together. */
  private static final int[] PLACES = {CELLS, R9, R10, R11};

  /** As many as registers allow where cells are squared. */
  private static final int SQUARED_TOGETHER = 2;

  private static final int LANES = 4;

  /** Cells at a time. */
  private static final int PAIR = 2 * LANES;

  private static final int HALVED = BlockSums.BLOCK / 8;

  // Vector registers: sums of lanes, what is added to them, and sums of the cells that are left.
  private static final int SUM = 0;
  private static final int VALUE = 4;
  private static final int REST = 8;
  private static final int CELL_LEFT = 12;

  /** Of short blocks, whose third and fourth values are not there where cells are squared. */
  private static final int CENTER = 6;

  private static final int CENTER_OF_WHOLE = 14;
  private static final int DIVISOR = 15;

  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int LOWER_OF_PAIR = 0x14;
  private static final int ADD = 0x58;
  private static final int MULTIPLY = 0x59;
  private static final int WIDEN = 0x5A;
  private static final int SUBTRACT = 0x5C;
  private static final int DIVIDE = 0x5E;
  private static final int ADD_NEIGHBOURS = 0x7C;
  private static final int UPPER_LANES = 0x19;

  private final Assembler to = new Assembler(true);
  private final boolean doubles;
  private final int bytes;

  /** Whether squared distances from the mean are added. */
  private final boolean squares;

  /** Whether the place of the cells counts from what comes second. */
  private final boolean behindSecond;

  BlockSumsCode(Precision precision, boolean squares) {
    this(precision, squares, false);
  }

  private BlockSumsCode(Precision precision, boolean squares, boolean behindSecond) {
    this.doubles = precision == Precision.FP64;
    this.bytes = precision.bytesPerCell();
    this.squares = squares;
    this.behindSecond = behindSecond;
  }

  /** Of doubles whose place counts from what comes second. */
  static BlockSumsCode behindSecond() {
    return new BlockSumsCode(Precision.FP64, false, true);
  }

  /** Of whole blocks. */
  byte[] ofWhole() {
    begin();
    int block = to.here();
    to.clear(SUM);
    findCenter(CENTER_OF_WHOLE, 0);
    to.zero(CELL);
    to.addNumber(zeroed(LEFT), HALVED / PAIR);
    int loop = to.here();
    halve(VALUE, 0);
    halve(REST, LANES);
    add(VALUE, VALUE, REST);
    add(SUM, SUM, VALUE);
    to.addNumber(CELL, PAIR);
    to.decrement(LEFT);
    to.jumpBackUnlessZero(loop);
    to.vector(MAP_0F, PREFIX_66, true, ADD_NEIGHBOURS, SUM, SUM, SUM);
    upperLanes(VALUE, SUM);
    to.vector(MAP_0F, PREFIX_F2, false, ADD, SUM, SUM, VALUE);
    to.vector(MAP_0F, PREFIX_F2, false, STORE, SUM, 0, Address.of(SUMS));
    to.addNumber(SUMS, Double.BYTES);
    to.add(CELLS, STEP);
    to.decrement(BLOCKS);
    to.jumpBackUnlessZero(block);
    to.pop(LEFT);
    to.returnToCaller();
    return to.bytes();
  }

  /**
   * Brings what comes as sums, the place of the divisor, cells, step, blocks and count to the order
   * of here.
   */
  private void begin() {
    to.push(LEFT);
    if (squares) {
      to.broadcast(DIVISOR, Address.of(RSI));
    }
    to.move(RAX, RDI);
    to.move(CELLS, RDX);
    if (behindSecond) {
      to.add(CELLS, RSI);
    }
    to.move(STEP, RCX);
    to.move(SUMS, RAX);
    to.move(BLOCKS, R8);
    to.move(COUNT, R9);
  }

  /** The mean of a block whose sum is that many behind the next one. */
  private void findCenter(int center, int block) {
    if (squares) {
      to.broadcast(center, Address.of(SUMS, block * Double.BYTES));
      to.vector(MAP_0F, PREFIX_66, true, DIVIDE, center, center, DIVISOR);
    }
  }

  /** Four cells of a block that has been halved three times. */
  private void halve(int value, int first) {
    halveTwice(value, first);
    halveTwice(value + 1, first + HALVED);
    add(value, value, value + 1);
  }

  private void halveTwice(int value, int first) {
    int other = value + 2;
    halveOnce(value, first);
    halveOnce(other, first + 2 * HALVED);
    add(value, value, other);
  }

  private void halveOnce(int value, int first) {
    load(value, CELLS, first, CENTER_OF_WHOLE);
    addCells(value, value + 1, CELLS, first + 4 * HALVED, CENTER_OF_WHOLE);
  }

  /** Of blocks of fewer cells. */
  byte[] ofShort() {
    begin();
    int few = writeBlocks(squares ? SQUARED_TOGETHER : PLACES.length);
    to.landHere(few);
    int none = writeBlocks(1);
    to.landHere(none);
    to.pop(LEFT);
    to.returnToCaller();
    return to.bytes();
  }

  /** Sums so many blocks at a time as long as there are as many; returns the jump behind that. */
  private int writeBlocks(int together) {
    int next = to.here();
    int few = jumpIfFewer(together);
    for (int i = 1; i < together; i++) {
      to.move(PLACES[i], PLACES[i - 1]);
      to.add(PLACES[i], STEP);
    }
    for (int i = 0; i < together; i++) {
      to.clear(SUM + i);
      to.clear(REST + i);
      findCenter(CENTER + i, i);
    }
    writeCells(together);
    writeRest(together);
    if (together == 1) {
      storeOne();
    } else {
      for (int first = 0; first < together; first += 2) {
        storePair(first);
      }
    }
    to.addNumber(SUMS, together * Double.BYTES);
    to.move(CELLS, PLACES[together - 1]);
    to.add(CELLS, STEP);
    to.addNumber(BLOCKS, -together);
    to.jumpBack(next);
    return few;
  }

  /** Jumps if fewer blocks are left. */
  private int jumpIfFewer(int blocks) {
    to.addNumber(zeroed(LEFT), blocks - 1);
    to.compare(LEFT, BLOCKS);
    return to.jumpUnlessBelow();
  }

  private void writeCells(int together) {
    to.zero(CELL);
    to.move(LEFT, COUNT);
    to.shiftRight(LEFT, Integer.numberOfTrailingZeros(PAIR));
    int none = to.jumpIfZero();
    int loop = to.here();
    for (int i = 0; i < together; i++) {
      load(VALUE + i, PLACES[i], 0, CENTER + i);
    }
    for (int i = 0; i < together; i++) {
      addCells(VALUE + i, CELL_LEFT + i, PLACES[i], LANES, CENTER + i);
      add(SUM + i, SUM + i, VALUE + i);
    }
    to.addNumber(CELL, PAIR);
    to.decrement(LEFT);
    to.jumpBackUnlessZero(loop);
    to.landHere(none);
  }

  /** The cells that are left, one after the other. */
  private void writeRest(int together) {
    to.move(LEFT, COUNT);
    to.andNumber(LEFT, PAIR - 1);
    int none = to.jumpIfZero();
    int loop = to.here();
    for (int i = 0; i < together; i++) {
      Address cell = Address.of(PLACES[i], CELL, bytes);
      int sum = REST + i;
      int value = CELL_LEFT + i;
      if (doubles && !squares) {
        to.vector(MAP_0F, PREFIX_F2, false, ADD, sum, sum, cell);
        continue;
      }
      if (doubles) {
        to.vector(MAP_0F, PREFIX_F2, false, LOAD, value, 0, cell);
      } else {
        to.vector(MAP_0F, PREFIX_F3, false, WIDEN, value, value, cell);
      }
      square(value, CENTER + i, false);
      to.vector(MAP_0F, PREFIX_F2, false, ADD, sum, sum, value);
    }
    to.addNumber(CELL, 1);
    to.decrement(LEFT);
    to.jumpBackUnlessZero(loop);
    to.landHere(none);
  }

  private void storeOne() {
    to.vector(MAP_0F, PREFIX_66, true, ADD_NEIGHBOURS, SUM, SUM, SUM);
    upperLanes(VALUE, SUM);
    to.vector(MAP_0F, PREFIX_F2, false, ADD, SUM, SUM, VALUE);
    to.vector(MAP_0F, PREFIX_F2, false, ADD, SUM, SUM, REST);
    to.vector(MAP_0F, PREFIX_F2, false, STORE, SUM, 0, Address.of(SUMS));
  }

  /** Stores the sums of two blocks. */
  private void storePair(int first) {
    int sum = SUM + first;
    int rest = REST + first;
    to.vector(MAP_0F, PREFIX_66, true, ADD_NEIGHBOURS, sum, sum, sum + 1);
    upperLanes(VALUE, sum);
    to.vector(MAP_0F, PREFIX_66, false, ADD, sum, sum, VALUE);
    to.vector(MAP_0F, PREFIX_66, false, LOWER_OF_PAIR, rest, rest, rest + 1);
    to.vector(MAP_0F, PREFIX_66, false, ADD, sum, sum, rest);
    Address into = Address.of(SUMS, first * Double.BYTES);
    to.vector(MAP_0F, PREFIX_66, false, STORE, sum, 0, into);
  }

  private int zeroed(int register) {
    to.zero(register);
    return register;
  }

  /** Four cells, so many behind the next one, or what is added of them. */
  private void load(int value, int base, int cells, int center) {
    int opcode = doubles ? LOAD : WIDEN;
    int prefix = doubles ? PREFIX_66 : PREFIX_NONE;
    to.vector(MAP_0F, prefix, true, opcode, value, 0, place(base, cells));
    square(value, center, true);
  }

  private void square(int value, int center, boolean isWhole) {
    if (squares) {
      int prefix = isWhole ? PREFIX_66 : PREFIX_F2;
      to.vector(MAP_0F, prefix, isWhole, SUBTRACT, value, value, center);
      to.vector(MAP_0F, prefix, isWhole, MULTIPLY, value, value, value);
    }
  }

  /** Adds four cells; {@code spare} may be lost. */
  private void addCells(int value, int spare, int base, int cells, int center) {
    if (doubles && !squares) {
      to.vector(MAP_0F, PREFIX_66, true, ADD, value, value, place(base, cells));
    } else {
      load(spare, base, cells, center);
      add(value, value, spare);
    }
  }

  private Address place(int base, int cells) {
    return Address.of(base, CELL, bytes).plus(cells * bytes);
  }

  private void add(int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, ADD, result, one, other);
  }

  /** The third and the fourth lane become the first two. */
  private void upperLanes(int result, int of) {
    // Its result is the operand that is the last one of others.
    to.vector(MAP_0F3A, PREFIX_66, true, UPPER_LANES, of, 0, result);
    to.control(1);
  }
}
