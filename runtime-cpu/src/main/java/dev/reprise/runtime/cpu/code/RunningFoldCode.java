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
import static dev.reprise.runtime.cpu.code.Source.register;

import dev.reprise.runtime.Precision;

/**
 * The machine code of a {@link RunningFold}: two loops, over groups of columns, and over rows. A
 * function of the System V calling convention that is given where the arguments and the state are.
 */
final class RunningFoldCode {
  // Places of the arguments, counted in longs.
  static final int X = 0;
  static final int OUT = 1;

  /** At least 1. */
  static final int ROWS = 2;

  static final int ROW_BYTES = 3;

  /** How many steps of groups that take turns there are, groups behind them, and a mask's place. */
  static final int STEPS = 4;

  static final int GROUPS = 5;
  static final int MASK = 6;

  /** From the state of a column to what that lost. */
  static final int LOST_BYTES = 7;

  static final int ARGUMENTS = 8;

  private static final int ROW = R8;
  private static final int RESULT_ROW = R9;
  private static final int FOLDS = RSI;
  private static final int LOST = R10;
  private static final int ROWS_LEFT = R11;

  // Inputs and outputs: cells, and what columns have so far.
  private static final CellCode.Frame FRAME =
      new CellCode.Frame(new int[] {ROW, FOLDS, LOST}, new int[] {RESULT_ROW, FOLDS, LOST}, RDX, 0);

  private static final int CELLS = 0;
  private static final int FOLD = 1;
  private static final int LOSS = 2;

  // Vector registers that keep what columns have; those below are lost in each row.
  private static final int KEPT = CellCode.IN_TURNS - 2;
  private static final int KEPT_LOSS = CellCode.IN_TURNS - 1;

  private final RunningFold.Kind kind;
  private final VectorRegisters registers;
  private final int lanes;
  private final CellCode code;
  private final Assembler to;

  private RunningFoldCode(VectorRegisters registers, Precision precision, RunningFold.Kind kind) {
    CellForm form = CellForm.of(precision);
    this.kind = kind;
    this.registers = registers;
    this.lanes = registers.lanes(form);
    this.code = new CellCode(form, registers, FRAME);
    this.to = code.assembler();
  }

  static byte[] of(VectorRegisters registers, Precision precision, RunningFold.Kind kind) {
    return new RunningFoldCode(registers, precision, kind).write();
  }

  private static Address argument(int place) {
    return Address.of(RDX, place * Long.BYTES);
  }

  private byte[] write() {
    to.push(RBX);
    to.move(RDX, RDI);
    to.move(LOST, FOLDS);
    to.add(LOST, argument(LOST_BYTES));
    to.zero(RAX);
    int turns = registers.turns();
    writeLoop(STEPS, turns, () -> code.writeInTurns(turns, this::writeColumns));
    writeLoop(GROUPS, 1, () -> writeColumns(code));
    to.load(RCX, argument(MASK));
    to.test(RCX);
    int none = to.jumpIfZero();
    code.loadMasks(RBX, RCX);
    code.writeMasked(this::writeColumns);
    to.landHere(none);
    to.pop(RBX);
    to.returnToCaller();
    code.writeData();
    return to.bytes();
  }

  /** As often as an argument says. */
  private void writeLoop(int count, int groups, Runnable body) {
    to.load(RCX, argument(count));
    to.test(RCX);
    int none = to.jumpIfZero();
    int loop = to.here();
    body.run();
    to.addNumber(RAX, groups * lanes);
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(none);
  }

  /** All rows of some columns. */
  private void writeColumns(CellCode unused) {
    boolean isSum = kind == RunningFold.Kind.SUM;
    code.doublesInput(KEPT, FOLD);
    if (isSum) {
      code.doublesInput(KEPT_LOSS, LOSS);
    }
    to.load(ROW, argument(X));
    to.load(RESULT_ROW, argument(OUT));
    to.load(ROWS_LEFT, argument(ROWS));
    int row = to.here();
    writeRow();
    to.add(ROW, argument(ROW_BYTES));
    to.add(RESULT_ROW, argument(ROW_BYTES));
    to.decrement(ROWS_LEFT);
    to.jumpBackUnlessZero(row);
    code.doublesOutput(FOLD, KEPT);
    if (isSum) {
      code.doublesOutput(LOSS, KEPT_LOSS);
    }
  }

  private void writeRow() {
    if (kind == RunningFold.Kind.SUM) {
      writeSum();
      return;
    }
    int cells = CellOperators.SPARES;
    code.input(cells, CELLS);
    switch (kind) {
      case PRODUCT -> code.multiply(KEPT, KEPT, register(cells));
      case LEAST -> CellOperators.write(code, "pmin", KEPT, cells, cells);
      default -> CellOperators.write(code, "pmax", KEPT, cells, cells);
    }
    // Floats are lost where they are written.
    code.load(cells, register(KEPT));
    code.output(CELLS, cells);
  }

  /** As {@code CumulativeKernels} does it, step by step. */
  private void writeSum() {
    int value = 0;
    int next = 1;
    int part = 2;
    int lost = 3;
    code.input(value, CELLS);
    code.add(next, KEPT, register(value));
    code.subtract(part, next, register(KEPT));
    code.subtract(lost, next, register(part));
    code.subtract(lost, KEPT, register(lost));
    code.subtract(value, value, register(part));
    code.add(lost, lost, register(value));
    code.add(KEPT_LOSS, KEPT_LOSS, register(lost));
    code.load(KEPT, register(next));
    int corrected = part;
    code.add(corrected, next, register(KEPT_LOSS));
    // No number where that is not finite.
    code.subtract(lost, corrected, register(corrected));
    code.chooseWhere(corrected, corrected, next, lost, Comparison.NEITHER_ORDERED, lost, value);
    code.output(CELLS, corrected);
  }
}
