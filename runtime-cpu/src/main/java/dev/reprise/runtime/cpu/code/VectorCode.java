package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F38;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_66;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_NONE;

import dev.reprise.runtime.cpu.code.Assembler.Address;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What machine code does in vector registers, with four doubles or eight floats at a time: what is
 * below cells that are read and written, of {@link CellCode}.
 */
class VectorCode {
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
  private static final int EQUAL_WHOLE = 0x29;

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

  /** In place of a source that an instruction does not have; the encoding is that of register 0. */
  static final int NONE = 16;

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

  /** Of instructions on what registers hold. */
  private final int prefix;

  /** How many groups of cells an instruction is written for, one after the other. */
  private int groups = 1;

  /** How many registers a group has of its own, from the first on. */
  private int registersOfGroup;

  /** Which numbers of the call formulas have read. */
  private final BitSet parameters = new BitSet();

  /** Ends of instructions that read a constant, by its bits. */
  private final Map<Long, List<Integer>> constants = new LinkedHashMap<>();

  /**
   * @param firstParameter where numbers of the call lie, each once for every lane
   */
  VectorCode(CellForm form, Address firstParameter) {
    this.form = form;
    this.firstParameter = firstParameter;
    this.prefix = form == CellForm.FLOATS ? PREFIX_NONE : PREFIX_66;
    this.to = new Assembler(form == CellForm.DOUBLES);
  }

  /** Writes the code around formulas. */
  final Assembler assembler() {
    return to;
  }

  /** Which numbers of the call the code so far reads. */
  final BitSet parameters() {
    return parameters;
  }

  /**
   * Each of the instructions that follow is written for two groups of cells, so that none waits for
   * the one before it. Registers up to so many are one for each group, those from twice as many on
   * are the same for both.
   */
  final void beginTurns(int registers) {
    groups = 2;
    registersOfGroup = registers;
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
    return group > 0 && register < registersOfGroup ? register + registersOfGroup : register;
  }

  private Address lanes(int parameter) {
    return firstParameter.plus(parameter * CellForm.LANE_BYTES);
  }

  /** Repeats a double in memory for all lanes of a number of the call. */
  final void repeatParameter(int number, Address from) {
    repeatDouble(0, from);
    to.vector(MAP_0F, PREFIX_66, true, 0x11, 0, NONE, lanes(number));
  }

  /** Every lane of a register becomes the double at the address. */
  final void repeatDouble(int register, Address from) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x19, register, NONE, from);
  }

  /** The last of the code: what constants it reads. */
  final void writeConstants() {
    // Vectors that cross lines of the cache are read twice.
    to.align(CellForm.LANE_BYTES);
    constants.forEach((bits, ends) -> {
      ends.forEach(to::pointTo);
      for (int i = 0; i < CellForm.LANES; i++) {
        to.data(form.bits(Double.longBitsToDouble(bits)));
      }
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
    apply(LOAD, result, NONE, source);
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
    controlled(
        MAP_0F3A, PREFIX_66, form == CellForm.FLOATS ? 0x08 : 0x09, result, NONE, of, direction);
  }

  /** The larger of both; the second where either is no number or both are zeros. */
  final void largest(int result, int one, Source other) {
    apply(LARGEST, result, one, other);
  }

  /** Of each lane {@code other} where the mask's highest bit is set, else {@code one}. */
  final void choose(int result, int one, int other, int mask) {
    inTurns(group -> {
      int opcode = form == CellForm.FLOATS ? 0x4A : 0x4B;
      write(group, MAP_0F3A, PREFIX_66, opcode, result, one, other);
      to.control(of(group, mask) << 4);
    });
  }

  /** All bits where the comparison holds, else none. */
  final void compare(int result, int one, Comparison comparison, int other) {
    controlled(MAP_0F, prefix, 0xC2, result, one, other, comparison.predicate);
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
    plain(MAP_0F38, PREFIX_66, 0x37, result, one, other);
  }

  /** All bits where both are the same as whole numbers of 64 bits, else none. */
  final void equalWhole(int result, int one, Source other) {
    applyToDoubles(EQUAL_WHOLE, result, one, other);
  }

  /** In each pair of lanes the lower ones of both. */
  final void lowerOfPairs(int result, int one, int other) {
    plain(MAP_0F, PREFIX_66, 0x6C, result, one, other);
  }

  /** In each pair of lanes the upper ones of both. */
  final void upperOfPairs(int result, int one, int other) {
    plain(MAP_0F, PREFIX_66, 0x6D, result, one, other);
  }

  /**
   * Two pairs of lanes of both.
   *
   * @param which in each half byte, the lower first: 0 and 1 are those of one, 2 and 3 the other's
   */
  final void joinPairs(int result, int one, int other, int which) {
    controlled(MAP_0F3A, PREFIX_66, 0x46, result, one, other, which);
  }

  /** The lower half of {@code low} and the upper half of {@code high} in each lane. */
  final void joinHalves(int result, int low, int high) {
    controlled(MAP_0F3A, PREFIX_66, 0x02, result, low, high, 0xAA);
  }

  /** All bits that are moved to the right, zeros behind them. */
  final void shiftRight(int result, int of, int bits) {
    shift(2, result, of, bits);
  }

  /** All bits that are moved to the left. */
  final void shiftLeft(int result, int of, int bits) {
    shift(6, result, of, bits);
  }

  /** Each double becomes the nearest float. */
  final void roundToFloats(int register) {
    plain(MAP_0F, PREFIX_66, 0x5A, register, NONE, register);
    plain(MAP_0F, PREFIX_NONE, 0x5A, register, NONE, register);
  }

  /** A shift of whole numbers by its operation, which stands where others have their result. */
  private void shift(int operation, int result, int source, int bits) {
    inTurns(group -> {
      to.vector(MAP_0F, PREFIX_66, true, 0x73, operation, of(group, result), of(group, source));
      to.control(bits);
    });
  }

  /** Writes an instruction of three registers. */
  private void plain(int map, int prefix, int opcode, int result, int one, int other) {
    inTurns(group -> write(group, map, prefix, opcode, result, one, other));
  }

  /** As the other, with a last byte. */
  private void controlled(
      int map, int prefix, int opcode, int result, int one, int other, int control) {
    inTurns(group -> {
      write(group, map, prefix, opcode, result, one, other);
      to.control(control);
    });
  }

  private void write(int group, int map, int prefix, int opcode, int result, int one, int other) {
    to.vector(map, prefix, true, opcode, of(group, result), of(group, one), of(group, other));
  }

  /** Writes an instruction of three operands, by its opcode. */
  private void apply(int opcode, int result, int one, Source other) {
    inTurns(group -> {
      int into = of(group, result);
      int first = of(group, one);
      if (other instanceof Register register) {
        to.vector(MAP_0F, prefix, true, opcode, into, first, of(group, register.number));
      } else {
        to.vector(MAP_0F, prefix, true, opcode, into, first, address(other));
        note(other);
      }
    });
  }

  /** As the other, of those in the map 0F 38 that are of doubles, whatever else the lanes are. */
  private void applyToDoubles(int opcode, int result, int one, Source other) {
    inTurns(group -> {
      int into = of(group, result);
      int first = of(group, one);
      if (other instanceof Register register) {
        to.doubles(MAP_0F38, PREFIX_66, opcode, into, first, of(group, register.number));
      } else {
        to.doubles(MAP_0F38, PREFIX_66, opcode, into, first, address(other));
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
