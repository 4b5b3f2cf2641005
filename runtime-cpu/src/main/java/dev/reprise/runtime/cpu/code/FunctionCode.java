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
import dev.reprise.runtime.cpu.code.CellCode.Formula;
import dev.reprise.runtime.cpu.code.CellCode.Frame;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The machine code of a {@link CellFunction}: a loop over rows, and in it one over cells, whose
 * body a formula writes. A function of the System V calling convention: where the first input and
 * the first output begin, where the {@linkplain CellOperands other operands} are, and how many
 * cells there are in each row. It returns other than 0 when a cell was {@linkplain CellCode#refuse
 * refused}.
 *
 * <p>Functions of one input and one output alone have one row and need no operands.
 */
final class FunctionCode {
  private static final Frame FRAME =
      new Frame(new int[] {RDI, R9, R10, R11, R12}, new int[] {RSI, RBX, RBP}, RSP, 0);

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  private static final int CACHE_LINE = 64;

  /** Lanes of one of the two totals that sums have. */
  private static final int TOTAL_LANES = 4;

  private static final int CELLS = R8;

  /** Where the numbers of a row are, where its totals go, and how many rows are left. */
  private static final int NUMBERS = R13;

  private static final int TOTALS = R14;
  private static final int ROWS = R15;

  /** What goes from row to row. */
  private static final int[] ROW_PLACES = {NUMBERS, TOTALS, RDI, R9, R10, R11, R12, RSI, RBX, RBP};

  /** Vectors that these take on the stack, where other vectors keep their place within a line. */
  private static final int PLACES =
      Math.ceilDiv(ROW_PLACES.length * Long.BYTES, CodeNumbers.NUMBER_BYTES);

  private final CellFunction function;
  private final VectorRegisters registers;

  /** How many numbers of a row there are. */
  private final int parameters;

  private final CellCode code;
  private final CellTotals totals;
  private final Assembler to;

  private FunctionCode(Precision precision, VectorRegisters registers, CellFunction function) {
    this.function = function;
    this.registers = registers;
    this.parameters = parameters();
    this.code = new CellCode(CellForm.of(precision), registers, FRAME);
    this.to = code.assembler();
    this.totals = code.totals();
  }

  /** Code for cells of a precision. */
  static byte[] of(Precision precision, VectorRegisters registers, CellFunction function) {
    return new FunctionCode(precision, registers, function).write();
  }

  /** One more than the last number that a formula reads. */
  private int parameters() {
    int before = function.beforeRows() == null ? 0 : read(function.beforeRows()).length();
    int most = function.passes().stream().mapToInt(pass -> read(pass).length()).max().orElse(0);
    return Math.max(before, most);
  }

  private BitSet read(CellPass pass) {
    return pass.then() == null ? read(pass.formula()) : read(pass.formula(), pass.then());
  }

  /** Which numbers formulas read. */
  private BitSet read(Formula... formulas) {
    CellCode code = new CellCode(CellForm.DOUBLES, registers, FRAME);
    for (Formula formula : formulas) {
      formula.write(code);
    }
    return code.numbers().parameters();
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    if (function.hasRows()) {
      turnArguments();
    }
    for (int i = 1; i < function.inputs(); i++) {
      to.load(FRAME.inputs()[i], Address.of(RDX, CellOperands.input(i)));
    }
    for (int i = 1; i < function.outputs(); i++) {
      to.load(FRAME.outputs()[i], Address.of(RDX, CellOperands.output(i)));
    }
    code.clearRefused();
    if (function.hasRows()) {
      writeRows();
    } else {
      writeCells(function.passes().getFirst());
    }
    code.returnRefused();
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    code.writeData();
    return to.bytes();
  }

  /** Brings what comes as others, numbers, input and output to the order that is used here. */
  private void turnArguments() {
    to.move(RAX, RDI);
    to.move(R9, RSI);
    to.move(RDI, RDX);
    to.move(RSI, RCX);
    to.move(RDX, RAX);
    to.move(RCX, R9);
  }

  private void writeRows() {
    to.move(NUMBERS, RCX);
    to.move(TOTALS, RCX);
    to.add(TOTALS, Address.of(RDX, CellOperands.TOTALS));
    int numbers = parameters * CodeNumbers.NUMBER_BYTES;
    int bytes = numbers + PLACES * CodeNumbers.NUMBER_BYTES;
    takeStack(bytes);
    if (function.beforeRows() != null) {
      repeatNumbers(IntStream.range(0, parameters));
      function.beforeRows().write(code);
    }
    List<CellPass> passes = function.passes();
    if (passes.size() > 1) {
      storePlaces(numbers);
    }
    writePass(passes.getFirst());
    for (CellPass pass : passes.subList(1, passes.size())) {
      loadPlaces(numbers);
      writePass(pass);
    }
    to.load(RSP, Address.of(RSP, bytes));
  }

  /** Keeps on the stack what the first row has, for {@link #loadPlaces}. */
  private void storePlaces(int at) {
    for (int i = 0; i < ROW_PLACES.length; i++) {
      to.store(Address.of(RSP, at + i * Long.BYTES), ROW_PLACES[i]);
    }
  }

  private void loadPlaces(int at) {
    for (int i = 0; i < ROW_PLACES.length; i++) {
      to.load(ROW_PLACES[i], Address.of(RSP, at + i * Long.BYTES));
    }
  }

  /** Takes as many bytes, from where vectors do not cross lines of the cache. */
  private void takeStack(int bytes) {
    to.move(RAX, RSP);
    to.andNumber(RSP, -CACHE_LINE);
    to.addNumber(RSP, -(bytes + CACHE_LINE));
    to.store(Address.of(RSP, bytes), RAX);
  }

  private void repeatNumbers(IntStream numbers) {
    numbers.forEach(i -> code.repeatParameter(i, Address.of(NUMBERS, i * Double.BYTES)));
  }

  /** All rows. */
  private void writePass(CellPass pass) {
    to.load(ROWS, Address.of(RDX, CellOperands.ROWS));
    int row = to.here();
    if (function.beforeRows() == null) {
      repeatNumbers(read(pass).stream());
    }
    beginTotals(pass);
    writeCells(pass);
    endTotals(pass);
    endRow();
    to.decrement(ROWS);
    to.jumpBackUnlessZero(row);
  }

  private void beginTotals(CellPass pass) {
    for (int i = 0; i < pass.totals(); i++) {
      if (pass.takesTurns()) {
        totals.clearInTurns();
      } else if (pass.takesLargest()) {
        totals.beginLargest(i);
      } else if (pass.isTotal()) {
        totals.clear(i);
      } else {
        totals.loadCarried(i, Address.of(TOTALS, i * registers.bytes()));
      }
    }
  }

  private void writeCells(CellPass pass) {
    to.zero(RAX);
    to.move(RCX, CELLS);
    to.shiftRight(RCX, Integer.numberOfTrailingZeros(pass.cellsPerStep(registers)));
    int few = to.jumpIfZero();
    int loop = to.here();
    writeStep(pass);
    to.addNumber(RAX, pass.cellsPerStep(registers));
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    if (pass.takesTurns()) {
      for (int groups = registers.turns() / 2; groups > 1; groups /= 2) {
        writeGroupsLeft(pass, groups);
      }
      if (pass.isTotal()) {
        totals.settle();
      }
    }
    if (pass.isOfPairs()) {
      writeGroupsLeft(pass, 1);
    }
    writeLastCells(pass);
  }

  /**
   * Of less than a group. Totals are those of four cells before the last ones, as if registers had
   * as many lanes, so that each cell is added to the same one.
   */
  private void writeLastCells(CellPass pass) {
    int most = registers.doubles();
    if (pass.isTotal() && most > TOTAL_LANES) {
      most = TOTAL_LANES;
      to.move(RCX, CELLS);
      to.andNumber(RCX, most);
      int none = to.jumpIfZero();
      writeMasked(pass.formula());
      to.addNumber(RAX, most);
      to.landHere(none);
    }
    to.move(RCX, CELLS);
    to.andNumber(RCX, most - 1);
    int none = to.jumpIfZero();
    writeMasked(pass.formula());
    to.landHere(none);
  }

  /** Of so many cells as RCX says, which is lost. */
  private void writeMasked(Formula formula) {
    to.shiftLeft(RCX, Integer.numberOfTrailingZeros(registers.maskBytes()));
    to.push(RAX);
    code.loadMasks(RAX, RCX);
    to.pop(RAX);
    code.writeMasked(formula);
  }

  private void writeStep(CellPass pass) {
    if (pass.takesTurns()) {
      writeInTurns(pass, registers.turns());
      return;
    }
    pass.formula().write(code);
    if (pass.isOfPairs()) {
      writeSecondGroup(pass.formula());
    }
  }

  private void writeInTurns(CellPass pass, int groups) {
    if (pass.isTotal()) {
      code.writeInTurnsWithTotal(groups, pass.formula());
    } else {
      code.writeInTurns(groups, pass.formula());
    }
  }

  private void writeSecondGroup(Formula formula) {
    totals.useSecond();
    code.at(1);
    formula.write(code);
    code.at(0);
    totals.useFirst();
  }

  /** Of so many groups, where as many are left. */
  private void writeGroupsLeft(CellPass pass, int groups) {
    to.testNumber(CELLS, groups * registers.doubles());
    int none = to.jumpIfZero();
    if (groups > 1) {
      writeInTurns(pass, groups);
    } else {
      pass.formula().write(code);
    }
    to.addNumber(RAX, groups * registers.doubles());
    to.landHere(none);
  }

  /** Stores the totals, and what is made of them. */
  private void endTotals(CellPass pass) {
    if (!pass.isTotal()) {
      return;
    }
    for (int i = 0; i < pass.totals(); i++) {
      if (pass.takesLargest()) {
        totals.storeLargest(total(i), i);
      } else {
        totals.storeSum(total(i), i);
      }
    }
    if (pass.then() != null) {
      for (int i = 0; i < pass.totals(); i++) {
        code.repeatDouble(i, total(i));
      }
      pass.then().write(code);
      code.storeDouble(total(0), 0);
      for (int i = 0; i < pass.kept().size(); i++) {
        code.storeDouble(Address.of(NUMBERS, pass.kept().get(i) * Double.BYTES), i);
      }
    }
  }

  private static Address total(int number) {
    return Address.of(TOTALS, number * Double.BYTES);
  }

  /** Goes to the next row. */
  private void endRow() {
    to.addNumber(NUMBERS, parameters * Double.BYTES);
    to.addNumber(TOTALS, function.totals() * Double.BYTES);
    for (int i = 0; i < function.inputs(); i++) {
      to.add(FRAME.inputs()[i], Address.of(RDX, CellOperands.inputRow(i)));
    }
    for (int i = 0; i < function.outputs(); i++) {
      to.add(FRAME.outputs()[i], Address.of(RDX, CellOperands.outputRow(i)));
    }
  }
}
