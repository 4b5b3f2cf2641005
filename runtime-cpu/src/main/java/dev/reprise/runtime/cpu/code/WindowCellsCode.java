package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.CELLS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.FIRST;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.GRADIENTS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.IS_LAST;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINE_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.OTHER_SUMS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.RESULT;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.SUMS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.SUM_GROUPS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TARGET;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.WINDOWS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.WINDOW_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.argument;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.scratch;
import static dev.reprise.runtime.cpu.code.WindowFoldsCode.REFUSED;
import static dev.reprise.runtime.cpu.code.WindowFoldsCode.ZERO;

/**
 * The part of {@link WindowFoldsCode} that goes through windows one by one: what they have become
 * is written to cells that lie together, or gradients that do are spread to lines or added to the
 * places of cells.
 */
final class WindowCellsCode {
  /** A vector register for single cells, and that of the factor. */
  private static final int CELL = WindowFold.CELL;

  private static final int FACTOR = 1;

  private final CellForm form;
  private final int cellBytes;
  private final VectorRegisters registers;
  private final VectorCode code;
  private final VectorInstructions instructions;
  private final Assembler to;

  /**
   * @param form of the cells that lie together
   * @param code where it is written to
   */
  WindowCellsCode(CellForm form, VectorRegisters registers, VectorCode code) {
    this.form = form;
    this.cellBytes = form == CellForm.DOUBLES ? Double.BYTES : Float.BYTES;
    this.registers = registers;
    this.code = code;
    this.instructions = code.instructions();
    this.to = code.assembler();
  }

  /**
   * Goes through the windows of all lines, one by one.
   *
   * @param first where in scratch memory the first one's cell is, to which R9 points
   * @param outside what RDX points to: cells that lie together, one for each window
   */
  private void writeEachWindow(int first, int outside, Runnable window) {
    scratch(to, R11, first);
    to.load(RDX, argument(outside));
    to.load(R8, argument(LINES));
    to.load(R14, argument(WINDOW_BYTES));
    int line = to.here();
    to.move(R9, R11);
    to.load(RCX, argument(WINDOWS));
    int next = to.here();
    window.run();
    to.add(R9, R14);
    to.addNumber(RDX, cellBytes);
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    to.add(R11, argument(LINE_BYTES));
    to.decrement(R8);
    to.jumpBackUnlessZero(line);
  }

  /** Writes what the windows have become. */
  void writeWindows() {
    writeEachWindow(
        RESULT,
        TARGET,
        () -> {
          switch (form) {
            case DOUBLES -> {
              to.load(RAX, Address.of(R9));
              to.store(Address.of(RDX), RAX);
            }
            case WIDENED -> writeRounded(Address.of(RDX), Address.of(R9));
            case FLOATS -> {
              to.loadFloat(CELL, Address.of(R9));
              to.storeFloat(Address.of(RDX), CELL);
            }
          }
        });
  }

  /** Writes a double as a float. */
  private void writeRounded(Address target, Address from) {
    to.vector(MAP_0F, PREFIX_F2, false, 0x5A, CELL, ZERO, from); // vcvtsd2ss
    to.storeFloat(target, CELL);
  }

  /** Reads one cell as a double. */
  private void readCell(Address at) {
    if (form == CellForm.DOUBLES) {
      to.vector(MAP_0F, PREFIX_F2, false, 0x10, CELL, 0, at); // vmovsd
    } else {
      to.vector(MAP_0F, PREFIX_F3, false, 0x5A, CELL, ZERO, at); // vcvtss2sd
    }
  }

  /** Leaves each window's share of its gradient where it begins in a line; zeros are between. */
  void writeSpread() {
    to.vector(MAP_0F, PREFIX_F2, false, 0x10, FACTOR, 0, code.numbers().ofCall(WindowFold.FACTOR));
    writeEachWindow(
        FIRST,
        GRADIENTS,
        () -> {
          readCell(Address.of(RDX));
          to.vector(MAP_0F, PREFIX_F2, false, 0x59, CELL, FACTOR, CELL); // vmulsd
          code.storeDouble(Address.of(R9), CELL);
        });
  }

  /** Adds each window's gradient to the cell at its place. */
  void writeScatter() {
    if (form == CellForm.DOUBLES) {
      to.load(RBP, argument(TARGET));
    } else {
      scratch(to, RBP, SUMS);
    }
    to.load(R12, argument(CELLS));
    int begin = to.jump();
    // Where there is no place: rarely, so not in the loop.
    int refusal = to.here();
    to.addNumber(REFUSED, 1);
    int refused = to.jump();
    to.landHere(begin);
    writeEachWindow(
        RESULT,
        GRADIENTS,
        () -> {
          Address sum = Address.of(RBP, RAX, Double.BYTES);
          to.truncate(RAX, Address.of(R9));
          to.compare(RAX, R12);
          to.jumpBackUnlessBelow(refusal);
          readCell(Address.of(RDX));
          to.vector(MAP_0F, PREFIX_F2, false, 0x58, CELL, CELL, sum); // vaddsd
          code.storeDouble(sum, CELL);
          to.landHere(refused);
        });
  }

  /** Writes the sums of gradients, rounded, once they are complete, and leaves zeros. */
  void writeSums() {
    to.load(RCX, argument(IS_LAST));
    to.test(RCX);
    int isNotLast = to.jumpIfZero();
    scratch(to, R11, SUMS);
    to.load(R10, argument(TARGET));
    to.load(RCX, argument(SUM_GROUPS));
    writeWhile(registers.doubles(), this::writeSumsOfGroup);
    to.load(RCX, argument(OTHER_SUMS));
    writeWhile(1, this::writeSum);
    to.landHere(isNotLast);
  }

  /** What is done as often as RCX says, with so many sums to which R11 points, and R10. */
  private void writeWhile(int sums, Runnable step) {
    to.test(RCX);
    int none = to.jumpIfZero();
    int next = to.here();
    step.run();
    to.addNumber(R11, sums * Double.BYTES);
    to.addNumber(R10, sums * Float.BYTES);
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    to.landHere(none);
  }

  private void writeSumsOfGroup() {
    instructions.read(CELL, Address.of(R11), CellForm.DOUBLES);
    instructions.write(Address.of(R10), CELL, CellForm.WIDENED);
    instructions.write(Address.of(R11), ZERO, CellForm.DOUBLES);
  }

  private void writeSum() {
    writeRounded(Address.of(R10), Address.of(R11));
    code.storeDouble(Address.of(R11), ZERO);
  }
}
