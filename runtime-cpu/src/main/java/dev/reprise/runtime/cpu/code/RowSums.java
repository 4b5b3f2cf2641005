package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.Assembler.RSP;
import static dev.reprise.runtime.cpu.code.Source.register;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of rows that are somewhere, for many rows by one call of machine code: of doubles, from zero
 * on and in their order, rounded once. A row of no terms is one of zeros. Any thread, where {@link
 * CellFunction#areThere}.
 */
public final class RowSums {
  /** Where the terms of a row are, how many these are, and which of them is next. */
  private static final int TERMS = RDI;

  private static final int COUNTS = RSI;
  private static final int COUNT = R13;
  private static final int TERM = R10;
  private static final int TERMS_LEFT = R11;

  /** Where the cells of the next term begin. */
  private static final int CELLS = R12;

  private static final int SUMS = RDX;
  private static final int ROWS_LEFT = RCX;

  /** Cells of a row, and groups of them that are left. */
  private static final int COLUMNS = R8;

  private static final int GROUPS = RBX;
  private static final int[] SAVED = {RBX, R12, R13};

  private static final CellCode.Frame FRAME =
      new CellCode.Frame(new int[] {CELLS}, new int[] {SUMS}, RSP, 0);

  /** By the registers that it uses. */
  private static final List<PrecisionCode> CODES =
      Arrays.stream(VectorRegisters.values()).map(RowSums::code).toList();

  private RowSums() {}

  private static PrecisionCode code(VectorRegisters registers) {
    return new PrecisionCode("sums of rows", precision -> write(precision, registers));
  }

  /**
   * Writes sums of rows in native memory, which the JVM does not check.
   *
   * @param precision of all cells
   * @param terms where the terms of the first sum are, then those of the second, and so on
   * @param counts how many terms each sum has
   * @param sums where the first one goes, the others behind it: no memory of a term
   * @param rows how many sums
   * @param cells of a row
   */
  public static void run(
      Precision precision, long[] terms, long[] counts, long sums, int rows, long cells) {
    run(VectorRegisters.of(cells), precision, terms, counts, sums, rows, cells);
  }

  /** As the other, in registers that the machine has. */
  static void run(
      VectorRegisters registers,
      Precision precision,
      long[] terms,
      long[] counts,
      long sums,
      int rows,
      long cells) {
    if (rows == 0) {
      return;
    }
    MemorySegment code = CODES.get(registers.ordinal()).of(precision);
    MemorySegment places = MemorySegment.ofArray(terms);
    MemorySegment numbers = MemorySegment.ofArray(counts);
    long bytes = cells * precision.bytesPerCell();
    CodeCall.withSegments(code, places, numbers, sums, rows, cells, bytes);
  }

  /** A function of the System V calling convention. */
  private static byte[] write(Precision precision, VectorRegisters registers) {
    CellCode code = new CellCode(CellForm.of(precision), registers, FRAME);
    Assembler to = code.assembler();
    for (int register : SAVED) {
      to.push(register);
    }
    int row = to.here();
    to.load(COUNT, Address.of(COUNTS));
    to.zero(RAX);
    to.move(GROUPS, COLUMNS);
    to.shiftRight(GROUPS, Integer.numberOfTrailingZeros(registers.doubles()));
    int few = to.jumpIfZero();
    int loop = to.here();
    writeGroup(code);
    to.addNumber(RAX, registers.doubles());
    to.decrement(GROUPS);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    to.move(GROUPS, COLUMNS);
    to.andNumber(GROUPS, registers.doubles() - 1);
    int none = to.jumpIfZero();
    to.shiftLeft(GROUPS, Integer.numberOfTrailingZeros(registers.maskBytes()));
    code.loadMasks(TERM, GROUPS);
    code.writeMasked(RowSums::writeGroup);
    to.landHere(none);
    to.shiftLeft(COUNT, Integer.numberOfTrailingZeros(Long.BYTES));
    to.add(TERMS, COUNT);
    to.addNumber(COUNTS, Long.BYTES);
    to.add(SUMS, R9);
    to.decrement(ROWS_LEFT);
    to.jumpBackUnlessZero(row);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    code.writeData();
    return to.bytes();
  }

  /** A group of cells of all terms. */
  private static void writeGroup(CellCode code) {
    Assembler to = code.assembler();
    to.clear(0);
    to.move(TERM, TERMS);
    to.move(TERMS_LEFT, COUNT);
    to.test(TERMS_LEFT);
    int none = to.jumpIfZero();
    int loop = to.here();
    to.load(CELLS, Address.of(TERM));
    code.input(1, 0);
    code.add(0, 0, register(1));
    to.addNumber(TERM, Long.BYTES);
    to.decrement(TERMS_LEFT);
    to.jumpBackUnlessZero(loop);
    to.landHere(none);
    code.output(0, 0);
  }
}
