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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

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
  // Places of the arguments, counted in longs. First those that the code itself counts on.
  static final int PLANES = 0;
  static final int SOURCE = 1;
  static final int GRADIENTS = 2;
  static final int TARGET = 3;

  static final int SOURCE_PLANE_BYTES = 4;
  static final int GRADIENT_PLANE_BYTES = 5;
  static final int TARGET_PLANE_BYTES = 6;

  /** Rows that cells are folded to. */
  static final int ROWS = 7;

  /** Whole groups of a row's cells, and where the mask of a row is that has less than one. */
  static final int ROW_GROUPS = 8;

  static final int ROW_MASK = 9;

  /** From a row that is folded to the next, and from one that is written. */
  static final int SOURCE_ROW_BYTES = 10;

  static final int TARGET_ROW_BYTES = 11;

  /** Rows in scratch memory. */
  static final int LINES = 12;

  static final int LINE_BYTES = 13;

  /** Groups of windows in a line, and cells from the first of one to that of the next. */
  static final int LINE_GROUPS = 14;

  static final int LINE_STEP = 15;

  /** Columns of a window but for the first. */
  static final int OTHER_TERMS = 16;

  /** Windows of a line, and bytes from one to the next. */
  static final int WINDOWS = 17;

  static final int WINDOW_BYTES = 18;

  // Where something is in scratch memory, in bytes: what is written first, what columns are folded
  // from, what they become, and what gradients add up to.
  static final int FIRST = 19;
  static final int FOLDED_FROM = 20;
  static final int RESULT = 21;
  static final int SUMS = 22;

  /** How far behind the cells of a line their places are. */
  static final int PLACES = 23;

  /** Cells of a channel; groups of sums, and how many others there are. */
  static final int CELLS = 24;

  static final int SUM_GROUPS = 25;
  static final int OTHER_SUMS = 26;

  /** Whether sums are complete. */
  static final int IS_LAST = 27;

  /** The first cell of a row's last group where that begins within the one before, or 0. */
  static final int ROW_LAST = 28;

  static final int FIRST_NUMBER = 29;

  /** The number of each lane of a vector. */
  static final int LANES = FIRST_NUMBER + WindowFold.NUMBERS * CodeNumbers.NUMBER_BYTES / 8;

  /** Of each row: where the first is that is folded, in bytes, how many there are, its place. */
  static final int TABLE = LANES + 8;

  static final int ROW_COUNT = 1;
  static final int ROW_PLACE = 4;
  static final int TABLE_ROW = 8;

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** The general register that counts what was refused. */
  private static final int REFUSED = RBX;

  /** The vector register of zeros. */
  private static final int ZERO = 12;

  /** A vector register for single cells, and that of the factor. */
  private static final int CELL = WindowFold.CELL;

  private static final int FACTOR = 1;

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
  }

  static byte[] of(WindowFolds kind, Precision precision, VectorRegisters registers) {
    return new WindowFoldsCode(kind, precision, registers).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
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
        writeWindows();
      }
      case LARGEST_GRADIENTS -> {
        writeRows();
        writeColumns();
        writeScatter();
        if (form == CellForm.FLOATS) {
          writeSums();
        }
      }
      case MEANS_GRADIENTS -> {
        writeSpread();
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

  private int cellBytes() {
    return bytes(form);
  }

  private static int bytes(CellForm of) {
    return of == CellForm.DOUBLES ? Double.BYTES : Float.BYTES;
  }

  /** Lets a register be where something is in scratch memory. */
  private void scratch(int register, int place) {
    to.move(register, RSI);
    to.add(register, argument(place));
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
      scratch(RBP, RESULT);
      to.load(R10, argument(TARGET));
    } else {
      to.load(RBP, argument(SOURCE));
      scratch(R10, FIRST);
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
    scratch(R11, FOLDED_FROM);
    scratch(R12, RESULT);
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

  /**
   * Goes through the windows of all lines, one by one.
   *
   * @param first where in scratch memory the first one's cell is, to which R9 points
   * @param outside what RDX points to: cells that lie together, one for each window
   */
  private void writeEachWindow(int first, int outside, Runnable window) {
    scratch(R11, first);
    to.load(RDX, argument(outside));
    to.load(R8, argument(LINES));
    to.load(R14, argument(WINDOW_BYTES));
    int line = to.here();
    to.move(R9, R11);
    to.load(RCX, argument(WINDOWS));
    int next = to.here();
    window.run();
    to.add(R9, R14);
    to.addNumber(RDX, cellBytes());
    to.decrement(RCX);
    to.jumpBackUnlessZero(next);
    to.add(R11, argument(LINE_BYTES));
    to.decrement(R8);
    to.jumpBackUnlessZero(line);
  }

  /** Writes what the windows have become. */
  private void writeWindows() {
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
  private void writeSpread() {
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
  private void writeScatter() {
    if (form == CellForm.DOUBLES) {
      to.load(RBP, argument(TARGET));
    } else {
      scratch(RBP, SUMS);
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
  private void writeSums() {
    to.load(RCX, argument(IS_LAST));
    to.test(RCX);
    int isNotLast = to.jumpIfZero();
    scratch(R11, SUMS);
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
