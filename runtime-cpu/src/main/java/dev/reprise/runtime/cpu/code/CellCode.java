package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

import java.util.ArrayList;
import java.util.List;

/**
 * What machine code does with cells: {@link FunctionCode} and {@link ChainCode} write the loops
 * around it. Cells are as many at a time as registers hold doubles, or floats. Floats are widened
 * where they are read and rounded where they are written, so that a formula has the bits of the
 * same operations in Java, where they are of doubles too.
 *
 * <p>RAX counts the cells. Formulas use the vector registers 0 to {@value #LAST_REGISTER}.
 */
final class CellCode extends VectorCode {
  static final int LAST_REGISTER = 10;

  /** Registers of each of the groups that take turns. */
  static final int IN_TURNS = 7;

  /** Likewise where there is a total. */
  private static final int IN_TURNS_WITH_TOTAL = 6;

  /** A further register of formulas of so many cells that none are left over. */
  static final int SPARE_WITHOUT_MASKS = 14;

  /** Which cells were refused. */
  static final int REFUSED = 15;

  /** Which cells are unsure, where there are no masks. */
  static final int UNSURE = SPARE_WITHOUT_MASKS;

  /** Bits that a double has more than a float. */
  private static final int CUT_BITS = 29;

  /**
   * Where operands are.
   *
   * @param inputs general registers that hold where each input's cells begin
   * @param outputs likewise
   * @param numbers a general register near which numbers lie, each of {@link
   *     CodeNumbers#NUMBER_BYTES}
   * @param firstNumber how far behind what it holds the first one is
   */
  record Frame(int[] inputs, int[] outputs, int numbers, int firstNumber) {}

  /** Writes what is done with a group of cells. */
  @FunctionalInterface
  interface Formula {
    void write(CellCode to);
  }

  private final Assembler to;
  private final Frame frame;
  private final CellForm form;
  private final VectorRegisters registers;
  private final VectorInstructions instructions;
  private final CellTotals totals;
  private boolean masked;

  /** Ends of instructions that say where masks lie. */
  private final List<Integer> masks = new ArrayList<>();

  /** How many cells behind those that RAX counts the ones are that are read and written. */
  private int ahead;

  /** Code without a loop yet. */
  CellCode(CellForm form, VectorRegisters registers, Frame frame) {
    super(form, registers, Address.of(frame.numbers, frame.firstNumber));
    this.form = form;
    this.registers = registers;
    this.frame = frame;
    this.to = assembler();
    this.instructions = instructions();
    this.totals = new CellTotals(this, registers);
  }

  /** To what cells are added. */
  CellTotals totals() {
    return totals;
  }

  /**
   * Writes what is done with several groups of cells at a time, whose instructions take turns:
   * formulas of up to {@value #IN_TURNS} registers without a total.
   */
  void writeInTurns(int groups, Formula formula) {
    beginTurns(groups, IN_TURNS);
    formula.write(this);
    endTurns();
  }

  /** As the other, of formulas of up to {@value #IN_TURNS_WITH_TOTAL} registers and a total. */
  void writeInTurnsWithTotal(int groups, Formula formula) {
    beginTurns(groups, IN_TURNS_WITH_TOTAL);
    totals.useInTurns();
    formula.write(this);
    totals.useFirst();
    endTurns();
  }

  /** Only cells that the masks have are read and written. */
  void writeMasked(Formula formula) {
    masked = true;
    formula.write(this);
    masked = false;
  }

  /** What follows reads and writes the cells so many groups behind the first. */
  void at(int group) {
    ahead = group * registers.lanes(form);
  }

  /**
   * Loads the masks of the last cells.
   *
   * @param spare a general register that is lost
   * @param place one that holds the place of the mask
   */
  void loadMasks(int spare, int place) {
    to.address(spare, Address.ahead(0));
    masks.add(to.here());
    instructions.loadMasks(Address.of(spare, place, 1));
  }

  /** No cell was refused yet. */
  void clearRefused() {
    instructions.clearNotes(REFUSED);
  }

  /** Sets what the call returns. */
  void returnRefused() {
    instructions.moveNotes(RAX, REFUSED);
  }

  /** The last of the code: masks and constants. */
  void writeData() {
    masks.forEach(to::pointTo);
    instructions.writeMasks();
    writeConstants();
  }

  /** Reads cells of an input. */
  void input(int register, int number) {
    read(register, frame.inputs[number], 0, form);
  }

  int cellBytes() {
    return bytes(form);
  }

  private static int bytes(CellForm form) {
    return form == CellForm.DOUBLES ? Double.BYTES : Float.BYTES;
  }

  /** Reads one cell of an input for all. */
  void repeatedInput(int register, int number) {
    Address at = Address.of(frame.inputs[number]);
    inTurns(group -> instructions.repeatCell(of(group, register), at));
  }

  /** Reads cells of an input of doubles, whatever the precision of others. */
  void doublesInput(int register, int number) {
    doublesInput(register, number, 0);
  }

  /** As the other, of the cells so many behind those that the others are at. */
  void doublesInput(int register, int number, int cells) {
    read(register, frame.inputs[number], cells, CellForm.DOUBLES);
  }

  /** Where cells of a form are, so many behind those of the first group. */
  private Address place(int group, int base, int cells, CellForm of) {
    int bytes = bytes(of);
    int first = ahead + group * registers.lanes(form) + cells;
    return Address.of(base, RAX, bytes).plus(first * bytes);
  }

  private void read(int register, int base, int cells, CellForm of) {
    inTurns(group -> read(of(group, register), place(group, base, cells, of), of));
  }

  private void read(int register, Address at, CellForm cells) {
    if (masked) {
      instructions.readThere(register, at, cells);
    } else {
      instructions.read(register, at, cells);
    }
  }

  /** Writes cells of an output; what the register holds may be lost. */
  void output(int number, int register) {
    write(frame.outputs[number], register, form);
  }

  /** Writes cells of an output of doubles, whatever the precision of others. */
  void doublesOutput(int number, int register) {
    write(frame.outputs[number], register, CellForm.DOUBLES);
  }

  private void write(int base, int register, CellForm cells) {
    inTurns(group -> write(place(group, base, 0, cells), of(group, register), cells));
  }

  private void write(Address at, int register, CellForm cells) {
    if (masked) {
      instructions.writeThere(at, register, cells);
    } else {
      instructions.write(at, register, cells);
    }
  }

  /** Adds each lane to a total; what the register holds is lost. */
  void total(int number, int register) {
    if (masked) {
      instructions.keepThere(register);
    }
    totals.add(number, register);
  }

  /** Each lane of a total becomes the register's if that is larger; which is lost. */
  void largestTotal(int number, int register) {
    int total = totals.of(number);
    largest(register, register, register(total));
    if (masked) {
      instructions.takeThere(total, register);
    } else {
      load(total, register(register));
    }
  }

  /** The call returns other than 0 where a register's cell has its highest bit; it is lost. */
  void refuse(int register) {
    if (masked) {
      instructions.keepThere(register);
    }
    inTurns(group -> instructions.noteSigns(REFUSED, of(group, register)));
  }

  /** Likewise where a comparison of doubles holds; the spare register is lost. */
  void refuseWhere(int one, Comparison comparison, int other, int spare) {
    if (masked) {
      compare(spare, one, comparison, other);
      refuse(spare);
    } else {
      noteWhere(REFUSED, one, comparison, other, spare);
    }
  }

  /** No cell is unsure yet. */
  void clearUnsure() {
    instructions.clearNotes(UNSURE);
  }

  /**
   * Cells are to be computed again in a better way where a comparison of doubles holds; the spare
   * register is lost.
   */
  void unsureWhere(int one, Comparison comparison, int other, int spare) {
    noteWhere(UNSURE, one, comparison, other, spare);
  }

  /**
   * Cells are unsure where rounding to floats may depend on the last units of a double: where it is
   * up to so many from a point in the middle between two floats. Of floats that are not subnormal.
   *
   * @param spare is lost
   * @param units a power of two
   */
  void testRounding(int register, int spare, long units) {
    addWhole(spare, register, toMiddle(units));
    noteWithout(UNSURE, spare, beyond(units));
  }

  /** Likewise, cells are refused. */
  void refuseUnsure(int register, int spare, long units) {
    addWhole(spare, register, toMiddle(units));
    if (masked) {
      and(spare, spare, beyond(units));
      equalZero(spare, spare);
      refuse(spare);
    } else {
      noteWithout(REFUSED, spare, beyond(units));
    }
  }

  /**
   * Added to a double it leaves none of the bits {@link #beyond} where that is near the middle: of
   * the bits that are cut the middle has only the first set, and less than so many units from there
   * means below twice the units when moved to 0.
   */
  private static Source toMiddle(long units) {
    return constantBits((1L << (CUT_BITS - 1)) + units);
  }

  private static Source beyond(long units) {
    return constantBits((1L << CUT_BITS) - 2 * units);
  }

  /** Jumps to where {@link Assembler#landHere} is called with what this returns if none is. */
  int jumpIfSure() {
    instructions.testNotes(UNSURE);
    return to.jumpIfZero();
  }
}
