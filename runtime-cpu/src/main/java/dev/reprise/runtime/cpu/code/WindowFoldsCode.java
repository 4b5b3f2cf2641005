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
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.FIRST;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.FIRST_NUMBER;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.FOLDED_FROM;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.GRADIENTS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.GRADIENT_PLANE_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LANES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINE_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINE_GROUPS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.LINE_STEP;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.OTHER_TERMS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.PLACES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.PLANES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.RESULT;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROWS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROW_COUNT;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROW_GROUPS;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROW_LAST;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROW_MASK;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.ROW_PLACE;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.SOURCE;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.SOURCE_PLANE_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.SOURCE_ROW_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TABLE;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TABLE_ROW;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TARGET;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TARGET_PLANE_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.TARGET_ROW_BYTES;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.argument;
import static dev.reprise.runtime.cpu.code.WindowFoldsArguments.scratch;

import dev.reprise.runtime.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine code of {@link WindowFolds}: a loop over channels of images, whose steps leave lines
 * of cells to each other in scratch memory. A function of the System V calling convention: where
 * the arguments are, and where the scratch memory is. It returns other than 0 when a cell was
 * refused.
 */
final class WindowFoldsCode {
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** The general register that counts what was refused. */
  static final int REFUSED = RBX;

  /** The vector register of zeros. */
  static final int ZERO = 12;

  /** A vector register for what is folded next. */
  private static final int CELL = WindowFold.CELL;

  private final WindowFolds kind;
  private final WindowFold fold;
  private final CellForm form;

  /** Of lines in scratch memory: what registers hold. */
  private final CellForm lineForm;

  private final int lineBytes;
  private final VectorRegisters registers;
  private final VectorCode code;
  private final VectorInstructions instructions;
  private final Assembler to;
  private final WindowCellsCode cells;

  /** Ends of instructions that say where masks lie. */
  private final List<Integer> masks = new ArrayList<>();

  private WindowFoldsCode(WindowFolds kind, Precision precision, VectorRegisters registers) {
    this.kind = kind;
    this.fold = kind.fold();
    this.form = fold.form(precision);
    this.lineForm = form == CellForm.FLOATS ? form : CellForm.DOUBLES;
    this.lineBytes = bytes(lineForm);
    this.registers = registers;
    this.code = new VectorCode(form, registers, argument(FIRST_NUMBER));
    this.instructions = code.instructions();
    this.to = code.assembler();
    this.cells = new WindowCellsCode(form, registers, code);
  }

  static byte[] of(WindowFolds kind, Precision precision, VectorRegisters registers) {
    return new WindowFoldsCode(kind, precision, registers).write();
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.zero(REFUSED);
    to.clear(ZERO);
    int plane = to.here();
    switch (kind) {
      case LARGEST, MEANS -> {
        writeRows();
        writeColumns();
        cells.writeWindows();
      }
      case LARGEST_GRADIENTS -> {
        writeRows();
        writeColumns();
        cells.writeScatter();
        if (form == CellForm.FLOATS) {
          cells.writeSums();
        }
      }
      case MEANS_GRADIENTS -> {
        cells.writeSpread();
        writeColumns();
        writeRows();
      }
    }
    advance(SOURCE, SOURCE_PLANE_BYTES);
    advance(GRADIENTS, GRADIENT_PLANE_BYTES);
    advance(TARGET, TARGET_PLANE_BYTES);
    to.load(RAX, argument(PLANES));
    to.decrement(RAX);
    to.store(argument(PLANES), RAX);
    to.jumpBackUnlessZero(plane);
    to.move(RAX, REFUSED);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    masks.forEach(to::pointTo);
    instructions.writeMasks();
    code.writeConstants();
    return to.bytes();
  }

  private void advance(int pointer, int bytes) {
    to.load(RAX, argument(pointer));
    to.add(RAX, argument(bytes));
    to.store(argument(pointer), RAX);
  }

  private static int bytes(CellForm of) {
    return of == CellForm.DOUBLES ? Double.BYTES : Float.BYTES;
  }

  /** Writes what is done with a group of cells. */
  @FunctionalInterface
  private interface Group {
    void write(boolean isMasked);
  }

  /**
   * All groups of a row's cells, which RAX counts. Of a row that is no multiple of groups the last
   * group begins within the one before, whose cells are written again: stores under masks take long
   * on some processors.
   */
  private void writeRow(Group group) {
    to.zero(RAX);
    to.load(RCX, argument(ROW_GROUPS));
    to.test(RCX);
    int few = to.jumpIfZero();
    int loop = to.here();
    group.write(false);
    to.addNumber(RAX, registers.lanes(form));
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.load(RAX, argument(ROW_LAST));
    to.test(RAX);
    int isWhole = to.jumpIfZero();
    if (fold == WindowFold.PLACE) {
      int places = WindowFold.FIRST_PLACES;
      code.subtract(places, places, parameter(WindowFold.PLACES_AGAIN));
    }
    group.write(false);
    int done = to.jump();
    to.landHere(few);
    to.load(RCX, argument(ROW_MASK));
    to.address(RDX, Address.ahead(0));
    masks.add(to.here());
    instructions.loadMasks(Address.of(RDX, RCX, 1));
    group.write(true);
    to.landHere(isWhole);
    to.landHere(done);
  }

  private void read(int register, Address at, CellForm of, boolean isMasked) {
    if (isMasked) {
      instructions.readThere(register, at, of);
    } else {
      instructions.read(register, at, of);
    }
  }

  private void write(Address at, int register, CellForm of, boolean isMasked) {
    if (isMasked) {
      instructions.writeThere(at, register, of);
    } else {
      instructions.write(at, register, of);
    }
  }

  /** Folds rows: of images to lines, or of lines to the gradients of images. */
  private void writeRows() {
    boolean toImages = kind == WindowFolds.MEANS_GRADIENTS;
    if (toImages) {
      scratch(to, RBP, RESULT);
      to.load(R10, argument(TARGET));
    } else {
      to.load(RBP, argument(SOURCE));
      scratch(to, R10, FIRST);
    }
    to.load(R8, argument(ROWS));
    to.address(R9, argument(TABLE));
    to.load(R14, argument(SOURCE_ROW_BYTES));
    if (fold == WindowFold.PLACE) {
      to.load(R15, argument(PLACES));
      code.load(WindowFold.PLACES_OF_ROW, parameter(WindowFold.ROW_PLACES));
    }
    int row = to.here();
    to.move(R11, RBP);
    to.add(R11, Address.of(R9));
    to.load(R12, Address.of(R9, ROW_COUNT * Long.BYTES));
    if (fold == WindowFold.PLACE) {
      instructions.load(WindowFold.FIRST_PLACES, Address.of(R9, ROW_PLACE * Long.BYTES));
      instructions.read(CELL, argument(LANES), lineForm);
      code.add(WindowFold.FIRST_PLACES, WindowFold.FIRST_PLACES, register(CELL));
    }
    CellForm from = toImages ? lineForm : form;
    CellForm into = toImages ? form : lineForm;
    writeRow(isMasked -> writeColumn(from, into, isMasked));
    to.add(R10, argument(TARGET_ROW_BYTES));
    to.addNumber(R9, TABLE_ROW * Long.BYTES);
    to.decrement(R8);
    to.jumpBackUnlessZero(row);
  }

  /** Folds a group of columns. */
  private void writeColumn(CellForm from, CellForm into, boolean isMasked) {
    fold.begin(code);
    if (fold == WindowFold.PLACE) {
      code.load(WindowFold.PLACE_OF_CELL, register(WindowFold.FIRST_PLACES));
    }
    to.move(RDX, R11);
    to.move(R13, R12);
    to.test(R13);
    int none = to.jumpIfZero();
    int next = to.here();
    read(CELL, Address.of(RDX, RAX, bytes(from)), from, isMasked);
    fold.foldCell(code);
    to.add(RDX, R14);
    to.decrement(R13);
    to.jumpBackUnlessZero(next);
    to.landHere(none);
    write(Address.of(R10, RAX, bytes(into)), WindowFold.FOLDED, into, isMasked);
    if (fold == WindowFold.PLACE) {
      to.move(RDX, R10);
      to.add(RDX, R15);
      write(Address.of(RDX, RAX, lineBytes), WindowFold.FOLDED_PLACE, lineForm, isMasked);
      int lanes = registers.lanes(form);
      code.add(WindowFold.FIRST_PLACES, WindowFold.FIRST_PLACES, constant(lanes));
    }
  }

  /** Folds as many cells of a line as a window has columns, from each of its cells on. */
  private void writeColumns() {
    scratch(to, R11, FOLDED_FROM);
    scratch(to, R12, RESULT);
    to.load(R8, argument(LINES));
    to.load(R14, argument(LINE_STEP));
    to.load(R15, argument(PLACES));
    int line = to.here();
    to.zero(RAX);
    to.load(RCX, argument(LINE_GROUPS));
    int group = to.here();
    to.address(RDX, Address.of(R11, RAX, lineBytes));
    to.load(R13, argument(OTHER_TERMS));
    readColumn(WindowFold.FOLDED, WindowFold.FOLDED_PLACE);
    to.test(R13);
    int one = to.jumpIfZero();
    int next = to.here();
    to.addNumber(RDX, lineBytes);
    readColumn(CELL, WindowFold.PLACE_OF_CELL);
    fold.foldColumn(code);
    to.decrement(R13);
    to.jumpBackUnlessZero(next);
    to.landHere(one);
    if (kind == WindowFolds.MEANS) {
      code.multiply(WindowFold.FOLDED, WindowFold.FOLDED, parameter(WindowFold.FACTOR));
    }
    instructions.write(
        Address.of(R12, RAX, lineBytes),
        fold == WindowFold.PLACE ? WindowFold.FOLDED_PLACE : WindowFold.FOLDED,
        lineForm);
    to.add(RAX, R14);
    to.decrement(RCX);
    to.jumpBackUnlessZero(group);
    to.add(R11, argument(LINE_BYTES));
    to.add(R12, argument(LINE_BYTES));
    to.decrement(R8);
    to.jumpBackUnlessZero(line);
  }

  /** Reads what columns have become, from the one on to which RDX points. */
  private void readColumn(int cell, int place) {
    instructions.read(cell, Address.of(RDX), lineForm);
    if (fold == WindowFold.PLACE) {
      instructions.read(place, Address.of(RDX, R15, 1), lineForm);
    }
  }
}
