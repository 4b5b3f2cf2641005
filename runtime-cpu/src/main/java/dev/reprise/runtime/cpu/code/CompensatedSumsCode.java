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
 * The machine code of {@link CompensatedSums}: one term after the other, as the order of a sum has
 * it. Only the additions to the sum and to what it lost wait for those before them. A function of
 * the System V calling convention that is given where its arguments are, and the sum.
 */
final class CompensatedSumsCode {
  // Places of the arguments, counted in longs.
  static final int X = 0;
  static final int Y = 1;
  static final int WEIGHTS = 2;
  static final int COUNT = 3;
  static final int CENTER_X = 4;
  static final int CENTER_Y = 5;

  /** All bits of a double but its sign. */
  static final int MAGNITUDE_BITS = 6;

  static final int ARGUMENTS = MAGNITUDE_BITS + 1;

  // Vector registers, of which the first lane counts.
  private static final int SUM = 0;
  private static final int LOST = 1;
  private static final int MAGNITUDE = 2;
  private static final int FROM_X = 3;
  private static final int FROM_Y = 4;
  private static final int TERM = 5;
  private static final int NEXT = 6;
  private static final int LARGER = 7;
  private static final int SMALLER = 8;
  private static final int SUM_IS_LARGER = 9;
  private static final int SPARE = 10;

  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int MOVE = 0x28;
  private static final int AND = 0x54;
  private static final int ADD = 0x58;
  private static final int MULTIPLY = 0x59;
  private static final int SUBTRACT = 0x5C;
  private static final int COMPARE = 0xC2;
  private static final int CHOOSE = 0x4B;

  /** False where either is no number. */
  private static final int IS_NOT_LESS = 0x1D;

  private final Assembler to = new Assembler(true);
  private final CompensatedSums kind;
  private final boolean isWeighted;

  private CompensatedSumsCode(CompensatedSums kind, boolean isWeighted) {
    this.kind = kind;
    this.isWeighted = isWeighted;
  }

  static byte[] of(CompensatedSums kind) {
    return new CompensatedSumsCode(kind, false).write();
  }

  static byte[] ofWeighted(CompensatedSums kind) {
    return new CompensatedSumsCode(kind, true).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    to.load(RDX, argument(X));
    to.load(R8, argument(Y));
    to.load(R9, argument(WEIGHTS));
    to.load(RCX, argument(COUNT));
    memory(LOAD, MAGNITUDE, argument(MAGNITUDE_BITS));
    memory(LOAD, FROM_X, argument(CENTER_X));
    memory(LOAD, FROM_Y, argument(CENTER_Y));
    memory(LOAD, SUM, Address.of(RSI));
    memory(LOAD, LOST, Address.of(RSI, Double.BYTES));
    int next = to.here();
    writeTerm();
    writeAddition();
    to.addNumber(RDX, Double.BYTES);
    to.addNumber(R8, Double.BYTES);
    to.addNumber(R9, Double.BYTES);
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    memory(STORE, SUM, Address.of(RSI));
    memory(STORE, LOST, Address.of(RSI, Double.BYTES));
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  private void writeTerm() {
    memory(LOAD, TERM, Address.of(RDX));
    if (kind == CompensatedSums.CELLS) {
      writeWeight();
      return;
    }
    operate(SUBTRACT, TERM, TERM, FROM_X);
    if (kind == CompensatedSums.PRODUCTS) {
      writeWeight();
      memory(LOAD, SPARE, Address.of(R8));
      operate(SUBTRACT, SPARE, SPARE, FROM_Y);
      operate(MULTIPLY, TERM, TERM, SPARE);
      return;
    }
    operate(MULTIPLY, SPARE, TERM, TERM);
    int other = kind == CompensatedSums.CUBES ? TERM : SPARE;
    if (kind == CompensatedSums.SQUARES) {
      bits(MOVE, TERM, 0, SPARE);
    } else {
      operate(MULTIPLY, TERM, SPARE, other);
    }
    writeWeight();
  }

  private void writeWeight() {
    if (isWeighted) {
      to.vector(MAP_0F, PREFIX_F2, false, MULTIPLY, TERM, TERM, Address.of(R9));
    }
  }

  /** What is lost is what the larger one lost, less the smaller one. */
  private void writeAddition() {
    operate(ADD, NEXT, SUM, TERM);
    bits(AND, LARGER, SUM, MAGNITUDE);
    bits(AND, SMALLER, TERM, MAGNITUDE);
    operate(COMPARE, SUM_IS_LARGER, LARGER, SMALLER);
    to.control(IS_NOT_LESS);
    choose(LARGER, TERM, SUM);
    choose(SMALLER, SUM, TERM);
    operate(SUBTRACT, LARGER, LARGER, NEXT);
    operate(ADD, LARGER, LARGER, SMALLER);
    operate(ADD, LOST, LOST, LARGER);
    bits(MOVE, SUM, 0, NEXT);
  }

  /** One, or the other where the sum is not smaller than the term. */
  private void choose(int result, int one, int other) {
    to.vector(MAP_0F3A, PREFIX_66, false, CHOOSE, result, one, other);
    to.control(SUM_IS_LARGER << 4);
  }

  private void memory(int opcode, int register, Address place) {
    to.vector(MAP_0F, PREFIX_F2, false, opcode, register, 0, place);
  }

  private void operate(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_F2, false, opcode, result, one, other);
  }

  private void bits(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, false, opcode, result, one, other);
  }
}
