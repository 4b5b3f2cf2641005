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
import static dev.reprise.runtime.cpu.code.Assembler.RSP;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.Assembler.Address;
import dev.reprise.runtime.cpu.code.CellCode.Formula;
import dev.reprise.runtime.cpu.code.CellCode.Frame;

/**
 * The machine code of a {@link CellFunction}: a loop over rows, and in it one over cells, whose
 * body a formula writes. A function of the System V calling convention: where the first input and
 * the first output begin, where the {@linkplain CellFunction.Operands other operands} are, and how
 * many cells there are in each row. It returns other than 0 when a cell was {@linkplain
 * CellCode#refuse refused}.
 *
 * <p>Functions of one input and one output alone have one row and need no operands.
 */
final class FunctionCode {
  private static final Frame FRAME =
      new Frame(new int[] {RDI, R9, R10, R11, R12}, new int[] {RSI, RBX, RBP}, RSP, 0);

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  private static final int CACHE_LINE = 64;

  private static final int CELLS = R8;

  /** Where the numbers of a row are, where its totals go, and how many rows are left. */
  private static final int NUMBERS = R13;

  private static final int TOTALS = R14;
  private static final int ROWS = R15;

  private final CellFunction function;
  private final Formula formula;

  /** How many numbers a formula reads. */
  private final int parameters;

  private final CellCode code;
  private final Assembler to;

  private FunctionCode(Precision precision, CellFunction function) {
    this.function = function;
    this.formula = function.formula();
    this.parameters = parameters(function);
    this.code = new CellCode(CellForm.of(precision), FRAME);
    this.to = code.assembler();
  }

  /** Code for cells of a precision. */
  static byte[] of(Precision precision, CellFunction function) {
    return new FunctionCode(precision, function).write();
  }

  private static int parameters(CellFunction function) {
    CellCode code = new CellCode(CellForm.DOUBLES, FRAME);
    if (function.beforeRows() != null) {
      function.beforeRows().write(code);
    }
    function.formula().write(code);
    return code.parameters();
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    for (int i = 1; i < function.inputs(); i++) {
      to.load(FRAME.inputs()[i], Address.of(RDX, CellFunction.input(i)));
    }
    for (int i = 1; i < function.outputs(); i++) {
      to.load(FRAME.outputs()[i], Address.of(RDX, CellFunction.output(i)));
    }
    code.clearRefused();
    int masks;
    if (function.hasRows()) {
      to.load(ROWS, Address.of(RDX, CellFunction.ROWS));
      to.move(NUMBERS, RCX);
      to.move(TOTALS, RCX);
      to.add(TOTALS, Address.of(RDX, CellFunction.TOTALS));
      int lanes = parameters * CellForm.LANE_BYTES;
      takeStack(lanes);
      if (function.beforeRows() != null) {
        repeatNumbers();
        function.beforeRows().write(code);
      }
      int row = to.here();
      beginRow();
      masks = writeRow();
      endRow();
      to.decrement(ROWS);
      to.jumpBackUnlessZero(row);
      to.load(RSP, Address.of(RSP, lanes));
    } else {
      masks = writeRow();
    }
    code.returnRefused();
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    code.writeData(masks);
    return to.bytes();
  }

  /** Takes as many bytes, from where vectors do not cross lines of the cache. */
  private void takeStack(int bytes) {
    to.move(RAX, RSP);
    to.andNumber(RSP, -CACHE_LINE);
    to.addNumber(RSP, -(bytes + CACHE_LINE));
    to.store(Address.of(RSP, bytes), RAX);
  }

  private void repeatNumbers() {
    for (int i = 0; i < parameters; i++) {
      code.repeatParameter(i, Address.of(NUMBERS, i * Double.BYTES));
    }
  }

  private void beginRow() {
    if (function.beforeRows() == null) {
      repeatNumbers();
    }
    for (int i = 0; i < function.totals(); i++) {
      if (function.takesTurns()) {
        code.clearTotalInTurns();
      } else if (function.takesLargest()) {
        code.beginLargest(i);
      } else if (function.isTotal()) {
        code.clearTotal(i);
      } else {
        code.loadCarried(i, Address.of(TOTALS, i * CellForm.LANE_BYTES));
      }
    }
  }

  /** All cells of a row; returns where masks are read. */
  private int writeRow() {
    to.zero(RAX);
    to.move(RCX, CELLS);
    to.shiftRight(RCX, Integer.numberOfTrailingZeros(function.cellsPerStep()));
    int few = to.jumpIfZero();
    int loop = to.here();
    writeStep();
    to.addNumber(RAX, function.cellsPerStep());
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    if (function.takesTurns() && function.totals() > 0) {
      code.settleTotal();
    }
    if (function.isOfPairs()) {
      writeLastGroup();
    }
    to.move(RCX, CELLS);
    to.andNumber(RCX, CellForm.LANES - 1);
    int none = to.jumpIfZero();
    to.shiftLeft(RCX, Integer.numberOfTrailingZeros(CellForm.LANE_BYTES));
    to.push(RAX);
    int masks = code.loadMasks(RAX, RCX);
    to.pop(RAX);
    code.writeMasked(formula);
    to.landHere(none);
    return masks;
  }

  private void writeStep() {
    if (function.takesTurns()) {
      if (function.totals() > 0) {
        code.writeInTurnsWithTotal(formula);
      } else {
        code.writeInTurns(formula);
      }
      return;
    }
    formula.write(code);
    if (function.isOfPairs()) {
      writeSecondGroup();
    }
  }

  private void writeSecondGroup() {
    code.useSecondTotals();
    code.at(1);
    formula.write(code);
    code.at(0);
    code.useFirstTotals();
  }

  /** Of four cells that are left when pairs of groups are done. */
  private void writeLastGroup() {
    to.testNumber(CELLS, CellForm.LANES);
    int none = to.jumpIfZero();
    formula.write(code);
    to.addNumber(RAX, CellForm.LANES);
    to.landHere(none);
  }

  /** Stores the totals of a row and goes to the next one. */
  private void endRow() {
    for (int i = 0; i < function.totals(); i++) {
      Address total = Address.of(TOTALS, i * Double.BYTES);
      if (function.takesLargest()) {
        code.storeLargest(total, i);
      } else if (function.isTotal()) {
        code.storeSum(total, i);
      }
    }
    to.addNumber(NUMBERS, parameters * Double.BYTES);
    to.addNumber(TOTALS, function.totals() * Double.BYTES);
    for (int i = 0; i < function.inputs(); i++) {
      to.add(FRAME.inputs()[i], Address.of(RDX, CellFunction.inputRow(i)));
    }
    for (int i = 0; i < function.outputs(); i++) {
      to.add(FRAME.outputs()[i], Address.of(RDX, CellFunction.outputRow(i)));
    }
  }
}
