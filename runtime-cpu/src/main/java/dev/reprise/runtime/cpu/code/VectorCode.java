package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * What machine code does in vector registers, with as many doubles or floats at a time as these
 * {@linkplain VectorRegisters hold}: what is below cells that are read and written, of {@link
 * CellCode}.
 */
class VectorCode {
  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int ADD = 0x58;
  private static final int MULTIPLY = 0x59;
  private static final int SUBTRACT = 0x5C;
  private static final int LEAST = 0x5D;
  private static final int LARGEST = 0x5F;
  private static final int DIVIDE = 0x5E;
  private static final int AND = 0x54;
  private static final int AND_NOT = 0x55;
  private static final int OR = 0x56;
  private static final int FLIP = 0x57;
  private static final int ROOT = 0x51;
  private static final int MULTIPLY_WHOLE = 0xF4;
  private static final int ADD_WHOLE = 0xD4;
  private static final int FLIP_WHOLE = 0xEF;

  // Of doubles, in the map 0F 38.
  private static final int MULTIPLY_ADD = 0xA8;
  private static final int SUBTRACT_PRODUCT = 0xBC;

  private static final int LOWER_OF_PAIRS = 0x6C;
  private static final int UPPER_OF_PAIRS = 0x6D;
  private static final long LOWER_HALF = 0xFFFFFFFFL;

  /** In place of a source that an instruction does not have. */
  static final int NONE = VectorInstructions.NONE;

  private static final int SHIFT_RIGHT = 2;
  private static final int SHIFT_LEFT = 6;

  private static final int TO_NEAREST = 0x08;
  private static final int DOWN = 0x09;
  private static final int UP = 0x0A;
  private static final int TOWARDS_ZERO = 0x0B;

  private final Assembler to;
  private final CellForm form;
  private final CodeNumbers numbers;
  private final VectorRegisters registers;
  private final VectorInstructions instructions;

  /** How many groups of cells an instruction is written for, one after the other. */
  private int groups = 1;

  /** How many registers a group has of its own, from the first on. */
  private int registersOfGroup;

  /**
   * @param firstParameter where numbers of the call lie, each of {@link CodeNumbers#NUMBER_BYTES}
   */
  VectorCode(CellForm form, VectorRegisters registers, Address firstParameter) {
    this.form = form;
    this.registers = registers;
    this.to = new Assembler(form == CellForm.DOUBLES);
    this.numbers = new CodeNumbers(to, firstParameter);
    this.instructions = registers.instructions(to, form);
  }

  /** Writes the code around formulas. */
  final Assembler assembler() {
    return to;
  }

  final VectorInstructions instructions() {
    return instructions;
  }

  /** How many doubles are computed at a time. */
  final int doubles() {
    return registers.doubles();
  }

  /** What the code so far reads from memory beside cells. */
  final CodeNumbers numbers() {
    return numbers;
  }

  /**
   * Each of the instructions that follow is written for several groups of cells, so that none waits
   * for the one before it. Registers up to so many are one for each group, those from twice as many
   * on are the same for all.
   */
  final void beginTurns(int groups, int registersOfGroup) {
    this.groups = groups;
    this.registersOfGroup = registersOfGroup;
  }

  final void endTurns() {
    groups = 1;
  }

  /** Writes an instruction of a group of cells, by its number. */
  @FunctionalInterface
  interface Turn {
    void write(int group);
  }

  final void inTurns(Turn instruction) {
    for (int group = 0; group < groups; group++) {
      instruction.write(group);
    }
  }

  /** The register that a group has where formulas name one. */
  final int of(int group, int register) {
    if (register >= registersOfGroup) {
      return register;
    }
    // Two groups have registers of the first sixteen, two more of the others.
    return register + group % 2 * registersOfGroup + group / 2 * 16;
  }

  /** Repeats a double in memory for a number of the call. */
  final void repeatParameter(int number, Address from) {
    repeatDouble(0, from);
    to.vector(MAP_0F, PREFIX_66, true, STORE, 0, NONE, numbers.ofCall(number));
  }

  /** The first four lanes of a register become the double at the address. */
  final void repeatDouble(int register, Address from) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x19, register, NONE, from);
  }

  /** Stores the first lane. */
  final void storeDouble(Address into, int register) {
    to.vector(MAP_0F, PREFIX_F2, false, STORE, register, NONE, into);
  }

  /** The last of the code: what constants it reads. */
  final void writeConstants() {
    numbers.write(instructions, form);
  }

  final void load(int result, Source source) {
    write(
        result,
        NONE,
        source,
        (into, none, from) -> instructions.cells(LOAD, into, none, from),
        (into, _, from) -> instructions.load(into, from));
  }

  final void add(int result, int one, Source other) {
    apply(ADD, result, one, other);
  }

  final void subtract(int result, int one, Source other) {
    apply(SUBTRACT, result, one, other);
  }

  final void multiply(int result, int one, Source other) {
    apply(MULTIPLY, result, one, other);
  }

  /** {@code result = result * one + other} of doubles, rounded once. */
  final void multiplyAdd(int result, int one, Source other) {
    applyToDoubles(MULTIPLY_ADD, result, one, other);
  }

  /** {@code result = result - one * other} of doubles, rounded once. */
  final void subtractProduct(int result, int one, Source other) {
    applyToDoubles(SUBTRACT_PRODUCT, result, one, other);
  }

  final void divide(int result, int one, Source other) {
    apply(DIVIDE, result, one, other);
  }

  final void root(int result, int of) {
    apply(ROOT, result, NONE, register(of));
  }

  /** The lesser of both; the second where either is no number. */
  final void least(int result, int one, Source other) {
    apply(LEAST, result, one, other);
  }

  final void and(int result, int one, Source other) {
    apply(AND, result, one, other);
  }

  /** The bits of {@code other} that {@code one} does not have. */
  final void andNot(int result, int one, Source other) {
    apply(AND_NOT, result, one, other);
  }

  final void or(int result, int one, Source other) {
    apply(OR, result, one, other);
  }

  /** The bits of {@code one}, those that {@code other} has turned around. */
  final void flip(int result, int one, int other) {
    apply(FLIP, result, one, register(other));
  }

  /** The nearest whole number, of two the even one. */
  final void round(int result, int of) {
    roundTo(result, of, TO_NEAREST);
  }

  /** The largest whole number that is not larger. */
  final void floor(int result, int of) {
    roundTo(result, of, DOWN);
  }

  /** The least whole number that is not less. */
  final void ceil(int result, int of) {
    roundTo(result, of, UP);
  }

  /** The whole number without the fraction. */
  final void truncate(int result, int of) {
    roundTo(result, of, TOWARDS_ZERO);
  }

  private void roundTo(int result, int of, int direction) {
    inTurns(group -> instructions.round(of(group, result), of(group, of), direction));
  }

  /** The larger of both; the second where either is no number or both are zeros. */
  final void largest(int result, int one, Source other) {
    apply(LARGEST, result, one, other);
  }

  /** All bits where the comparison holds, else none. */
  final void compare(int result, int one, Comparison comparison, int other) {
    inTurns(group ->
        instructions.compare(
            of(group, result), of(group, one), comparison.predicate(), of(group, other)));
  }

  /**
   * Of each lane {@code other} where the comparison holds, else {@code one}.
   *
   * @param spare is lost
   */
  final void chooseWhere(
      int result, int one, int other, int compared, Comparison comparison, int with, int spare) {
    inTurns(group ->
        instructions.chooseWhere(
            of(group, result),
            of(group, one),
            of(group, other),
            of(group, compared),
            comparison.predicate(),
            of(group, with),
            of(group, spare)));
  }

  /** Lanes become zeros where the comparison holds; the spare register is lost. */
  final void clearWhere(int result, int one, Comparison comparison, int other, int spare) {
    inTurns(group ->
        instructions.clearWhere(
            of(group, result),
            of(group, one),
            comparison.predicate(),
            of(group, other),
            of(group, spare)));
  }

  /** Notes where the comparison holds. */
  final void noteWhere(int note, int one, Comparison comparison, int other, int spare) {
    inTurns(group ->
        instructions.noteWhere(
            note, of(group, one), comparison.predicate(), of(group, other), of(group, spare)));
  }

  /** Notes where a double has none of some bits; the register is lost. */
  final void noteWithout(int note, int register, Source bits) {
    instructions.noteWithout(this, note, register, bits);
  }

  /** Of each lane the product of the lower halves, as whole numbers without sign. */
  final void multiplyWhole(int result, int one, Source other) {
    apply(MULTIPLY_WHOLE, result, one, other);
  }

  final void addWhole(int result, int one, Source other) {
    apply(ADD_WHOLE, result, one, other);
  }

  /** The bits that one of both has. */
  final void flipWhole(int result, int one, Source other) {
    apply(FLIP_WHOLE, result, one, other);
  }

  /** All bits where {@code one} is larger than {@code other} as a whole number, else none. */
  final void largerWhole(int result, int one, int other) {
    inTurns(group -> instructions.larger(of(group, result), of(group, one), of(group, other)));
  }

  /** All bits where a whole number of 64 bits is 0, else none. */
  final void equalZero(int result, int of) {
    Source zero = constantBits(0);
    inTurns(group -> {
      int into = of(group, result);
      instructions.findEqual(into, of(group, of), numbers.place(zero));
      numbers.wasRead(zero);
      instructions.bringFound(into);
    });
  }

  /** In each pair of lanes the lower ones of both. */
  final void lowerOfPairs(int result, int one, int other) {
    apply(LOWER_OF_PAIRS, result, one, register(other));
  }

  /** In each pair of lanes the upper ones of both. */
  final void upperOfPairs(int result, int one, int other) {
    apply(UPPER_OF_PAIRS, result, one, register(other));
  }

  /**
   * Pairs of lanes of both in turns, from the first of {@code one} on: as many as a register holds.
   */
  final void weaveFirstPairs(int result, int one, int other) {
    inTurns(
        group -> instructions.weave(of(group, result), of(group, one), of(group, other), false));
  }

  /** Likewise the others, from the middle of {@code one} on. */
  final void weaveLastPairs(int result, int one, int other) {
    inTurns(group -> instructions.weave(of(group, result), of(group, one), of(group, other), true));
  }

  /** The lower half of {@code low} in each lane, and the upper one of {@code high}: moved there. */
  final void joinHalves(int result, int low, int high) {
    shiftLeft(high, high, Integer.SIZE);
    and(result, low, constantBits(LOWER_HALF));
    or(result, result, register(high));
  }

  /** All bits that are moved to the right, zeros behind them. */
  final void shiftRight(int result, int of, int bits) {
    shift(SHIFT_RIGHT, result, of, bits);
  }

  /** All bits that are moved to the left. */
  final void shiftLeft(int result, int of, int bits) {
    shift(SHIFT_LEFT, result, of, bits);
  }

  /** Each double becomes the nearest float. */
  final void roundToFloats(int register) {
    inTurns(group -> instructions.narrow(of(group, register)));
    inTurns(group -> instructions.widen(of(group, register)));
  }

  private void shift(int operation, int result, int source, int bits) {
    inTurns(group -> instructions.shift(operation, of(group, result), of(group, source), bits));
  }

  /** Writes an instruction of three operands, by its opcode. */
  private void apply(int opcode, int result, int one, Source other) {
    write(
        result,
        one,
        other,
        (into, first, last) -> instructions.cells(opcode, into, first, last),
        (into, first, last) -> instructions.cells(opcode, into, first, last));
  }

  /** As the other, of those that are of doubles, whatever else the lanes are. */
  private void applyToDoubles(int opcode, int result, int one, Source other) {
    write(
        result,
        one,
        other,
        (into, first, last) -> instructions.doubles(opcode, into, first, last),
        (into, first, last) -> instructions.doubles(opcode, into, first, last));
  }

  /** An instruction whose last operand is a register. */
  @FunctionalInterface
  private interface OfRegisters {
    void write(int result, int one, int other);
  }

  /** An instruction whose last operand is in memory. */
  @FunctionalInterface
  private interface OfMemory {
    void write(int result, int one, Address other);
  }

  /** Writes an instruction in the form that its last operand needs. */
  private void write(
      int result, int one, Source other, OfRegisters ofRegisters, OfMemory ofMemory) {
    inTurns(group -> {
      int into = of(group, result);
      int first = of(group, one);
      if (other instanceof Source.Register register) {
        ofRegisters.write(into, first, of(group, register.number()));
      } else {
        ofMemory.write(into, first, numbers.place(other));
        numbers.wasRead(other);
      }
    });
  }
}
