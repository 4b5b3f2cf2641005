package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F38;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_66;

import dev.reprise.runtime.cpu.code.Assembler.Address;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What machine code does in vector registers, with as many doubles or floats at a time as these
 * {@linkplain VectorRegisters hold}: what is below cells that are read and written, of {@link
 * CellCode}.
 */
class VectorCode {
  /**
   * Bytes of a number of the call: once for every lane of {@link VectorRegisters#BYTES_32}. Larger
   * registers repeat the first.
   */
  static final int NUMBER_BYTES = VectorRegisters.BYTES_32.bytes();

  private static final int LOAD = 0x10;
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

  /** Comparisons by their predicates, none of which raises an exception. */
  enum Comparison {
    EQUAL(0x00),
    NEITHER_ORDERED(0x03),
    UNEQUAL(0x04),
    LESS(0x11),
    LESS_OR_EQUAL(0x12),
    NOT_LESS_OR_EQUAL(0x16),
    GREATER_OR_EQUAL(0x1D),
    GREATER(0x1E);

    private final int predicate;

    Comparison(int predicate) {
      this.predicate = predicate;
    }
  }

  /** In place of a source that an instruction does not have. */
  static final int NONE = VectorInstructions.NONE;

  private static final int SHIFT_RIGHT = 2;
  private static final int SHIFT_LEFT = 6;

  private static final int TO_NEAREST = 0x08;
  private static final int DOWN = 0x09;
  private static final int UP = 0x0A;

  /** What a formula reads beside its registers. */
  sealed interface Source {}

  private record Register(int number) implements Source {}

  private record Constant(long bits) implements Source {}

  private record Parameter(int number) implements Source {}

  private final Assembler to;
  private final CellForm form;
  private final Address firstParameter;
  private final VectorRegisters registers;
  private final VectorInstructions instructions;

  /** How many groups of cells an instruction is written for, one after the other. */
  private int groups = 1;

  /** How many registers a group has of its own, from the first on. */
  private int registersOfGroup;

  /** Which numbers of the call formulas have read. */
  private final BitSet parameters = new BitSet();

  /** Ends of instructions that read a constant, by its bits. */
  private final Map<Long, List<Integer>> constants = new LinkedHashMap<>();

  /**
   * @param firstParameter where numbers of the call lie, each of {@link #NUMBER_BYTES}
   */
  VectorCode(CellForm form, VectorRegisters registers, Address firstParameter) {
    this.form = form;
    this.firstParameter = firstParameter;
    this.registers = registers;
    this.to = new Assembler(form == CellForm.DOUBLES);
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

  /** Which numbers of the call the code so far reads. */
  final BitSet parameters() {
    return parameters;
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

  private Address lanes(int parameter) {
    return firstParameter.plus(parameter * NUMBER_BYTES);
  }

  /** Repeats a double in memory for a number of the call. */
  final void repeatParameter(int number, Address from) {
    repeatDouble(0, from);
    to.vector(MAP_0F, PREFIX_66, true, 0x11, 0, NONE, lanes(number));
  }

  /** The first four lanes of a register become the double at the address. */
  final void repeatDouble(int register, Address from) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x19, register, NONE, from);
  }

  /** The last of the code: what constants it reads. */
  final void writeConstants() {
    // Vectors that cross lines of the cache are read twice.
    to.align(NUMBER_BYTES);
    constants.forEach((bits, ends) -> {
      ends.forEach(to::pointTo);
      instructions.writeNumber(form.bits(Double.longBitsToDouble(bits)));
    });
  }

  static Source constant(double value) {
    return new Constant(Double.doubleToRawLongBits(value));
  }

  static Source constantBits(long bits) {
    return new Constant(bits);
  }

  /** A number of the call. */
  static Source parameter(int number) {
    return new Parameter(number);
  }

  static Source register(int number) {
    return new Register(number);
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
            of(group, result), of(group, one), comparison.predicate, of(group, other)));
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
            comparison.predicate,
            of(group, with),
            of(group, spare)));
  }

  /** Lanes become zeros where the comparison holds; the spare register is lost. */
  final void clearWhere(int result, int one, Comparison comparison, int other, int spare) {
    inTurns(group ->
        instructions.clearWhere(
            of(group, result),
            of(group, one),
            comparison.predicate,
            of(group, other),
            of(group, spare)));
  }

  /** Notes where the comparison holds. */
  final void noteWhere(int note, int one, Comparison comparison, int other, int spare) {
    inTurns(group ->
        instructions.noteWhere(
            note, of(group, one), comparison.predicate, of(group, other), of(group, spare)));
  }

  /** Notes where a double has none of some bits; the register is lost. */
  final void noteWithout(int note, int register, Source bits) {
    if (instructions.testsBits()) {
      inTurns(group -> {
        instructions.noteWithout(note, of(group, register), address(bits));
        note(bits);
      });
      return;
    }
    and(register, register, bits);
    equalZero(register, register);
    inTurns(group -> instructions.noteSigns(note, of(group, register)));
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
      instructions.equal(into, of(group, of), address(zero));
      note(zero);
      instructions.bringEqual(into);
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
      if (other instanceof Register register) {
        ofRegisters.write(into, first, of(group, register.number));
      } else {
        ofMemory.write(into, first, address(other));
        note(other);
      }
    });
  }

  /** Where the lanes of a source lie that is no register. */
  private Address address(Source source) {
    return source instanceof Parameter parameter ? lanes(parameter.number) : Address.ahead(0);
  }

  /** Remembers what the instruction read that has just been written. */
  private void note(Source source) {
    switch (source) {
      case Register _ -> {}
      case Parameter parameter -> parameters.set(parameter.number);
      case Constant constant ->
          constants.computeIfAbsent(constant.bits, _ -> new ArrayList<>()).add(to.here());
    }
  }
}
