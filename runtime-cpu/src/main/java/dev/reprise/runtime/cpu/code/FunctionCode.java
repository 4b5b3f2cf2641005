package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.Assembler.Address;
import dev.reprise.runtime.cpu.code.CellCode.Formula;
import dev.reprise.runtime.cpu.code.CellCode.Frame;

/**
 * The machine code of a {@link CellFunction}: a loop over cells whose body a formula writes. A
 * function of the System V calling convention: where the first input and the first output begin,
 * where the {@linkplain CellFunction#MORE_BYTES other operands} are, how many steps of cells there
 * are, and the place of the mask for the cells after these. It returns other than 0 when a cell was
 * {@linkplain CellCode#refuse refused}.
 */
final class FunctionCode {
  private static final Frame FRAME =
      new Frame(
          new int[] {RDI, R9, R10, R11, R12}, new int[] {RSI, RBX, RBP}, CellFunction.parameter(0));

  private static final int[] SAVED = {RBX, RBP, R12};

  private FunctionCode() {}

  /** Code for cells of a precision. */
  static byte[] of(Precision precision, CellFunction function) {
    int totals = function.totals();
    Formula formula = function.formula();
    CellCode code = new CellCode(CellForm.of(precision), FRAME);
    Assembler to = code.assembler();
    for (int register : SAVED) {
      to.push(register);
    }
    for (int i = 1; i < function.inputs(); i++) {
      to.load(FRAME.inputs()[i], Address.of(RDX, CellFunction.input(i)));
    }
    for (int i = 1; i < function.outputs(); i++) {
      to.load(FRAME.outputs()[i], Address.of(RDX, CellFunction.output(i)));
    }
    to.zero(RAX);
    code.clearRefused();
    boolean isTotal = function.isTotal();
    for (int i = 0; i < totals; i++) {
      code.loadTotal(i, total(i));
      if (function.takesLargest()) {
        code.copySecondTotal(i);
      } else if (isTotal) {
        code.clearSecondTotal(i);
      }
    }
    to.test(RCX);
    int few = to.jumpIfZero();
    int loop = to.here();
    formula.write(code);
    if (isTotal) {
      writeSecondGroup(code, formula);
    }
    to.addNumber(RAX, function.cellsPerStep());
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    if (isTotal) {
      writeLastGroup(code, formula);
    }
    to.test(R8);
    int none = to.jumpIfZero();
    int masks = code.loadMasks(RCX, R8);
    code.writeMasked(formula);
    to.landHere(none);
    for (int i = 0; i < totals; i++) {
      if (function.takesLargest()) {
        code.takeLargerTotal(i);
      } else if (isTotal) {
        code.addSecondTotal(i);
      }
      code.storeTotal(total(i), i);
    }
    code.returnRefused();
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    code.writeData(masks);
    return to.bytes();
  }

  private static void writeSecondGroup(CellCode code, Formula formula) {
    code.useSecondTotals();
    code.at(1);
    formula.write(code);
    code.at(0);
    code.useFirstTotals();
  }

  /** Of four cells that are left when pairs of groups are done. */
  private static void writeLastGroup(CellCode code, Formula formula) {
    Assembler to = code.assembler();
    to.load(RCX, Address.of(RDX, CellFunction.HAS_GROUP));
    to.test(RCX);
    int none = to.jumpIfZero();
    formula.write(code);
    to.addNumber(RAX, CellForm.LANES);
    to.landHere(none);
  }

  private static Address total(int number) {
    return Address.of(RDX, CellFunction.total(number));
  }
}
