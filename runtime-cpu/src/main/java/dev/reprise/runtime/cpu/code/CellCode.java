package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F38;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_66;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_NONE;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.Assembler.Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What machine code does with cells: {@link FunctionCode} and {@link ChainCode} write the loops
 * around it. Cells are four at a time as doubles, or eight floats. Floats are widened where they
 * are read and rounded where they are written, so that a formula has the bits of the same
 * operations in Java, where they are of doubles too.
 *
 * <p>RAX counts the cells, RDX is where numbers lie. Formulas use the vector registers 0 to {@value
 * #LAST_REGISTER}.
 */
final class CellCode {
  static final int LAST_REGISTER = 10;

  /**
   * Sums of each lane's terms, or the largest ones: of the first group of cells and of the second.
   * Formulas with totals use none of these registers otherwise.
   */
  private static final int[][] TOTALS = {{11, 12, 9}, {LAST_REGISTER, 8, 7}};

  /** Which of the last cells there are, as doubles, and as cells of the precision. */
  private static final int WIDE_MASK = 13;

  private static final int MASK = 14;

  /** A further register of formulas of so many cells that none are left over. */
  static final int SPARE_WITHOUT_MASKS = MASK;

  private static final int REFUSED = 15;

  /** Doubles at a time. Four of their masks have as many bytes as eight of floats. */
  static final int LANES = 4;

  static final int LANE_BYTES = LANES * Double.BYTES;

  /** Masks of floats lie so far behind those of doubles. */
  private static final int NARROW_MASKS = LANES * LANE_BYTES;

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

  private static final int TO_NEAREST = 0x08;
  private static final int DOWN = 0x09;
  private static final int UP = 0x0A;

  /**
   * Where operands are.
   *
   * @param inputs general registers that hold where each input's cells begin
   * @param outputs likewise
   * @param firstParameter where numbers lie behind what RDX holds, each once for every lane
   */
  record Frame(int[] inputs, int[] outputs, int firstParameter) {}

  /** What cells are in memory and in registers. */
  enum Form {
    /** Doubles, four at a time. */
    DOUBLES,
    /** Floats, that are doubles in registers. */
    WIDENED,
    /** Floats, eight at a time; for operations that need no doubles, without totals. */
    FLOATS;

    /** The form in which floats are computed as doubles. */
    static Form of(Precision precision) {
      return precision == Precision.FP64 ? DOUBLES : WIDENED;
    }

    /** Cells at a time. */
    int lanes() {
      return this == FLOATS ? 2 * LANES : LANES;
    }

    /** A number as the lanes in eight bytes have it. */
    long bits(double number) {
      if (this != FLOATS) {
        return Double.doubleToRawLongBits(number);
      }
      long one = Float.floatToRawIntBits((float) number) & 0xFFFFFFFFL;
      return one << Integer.SIZE | one;
    }

    /** Where the mask of the last of so many cells is; 0 when the groups are whole. */
    long maskPlace(long cells) {
      return cells % lanes() * LANE_BYTES;
    }
  }

  /** What a formula reads beside its registers. */
  sealed interface Source {}

  private record Register(int number) implements Source {}

  private record Constant(long bits) implements Source {}

  private record Parameter(int number) implements Source {}

  /** Writes what is done with four cells. */
  @FunctionalInterface
  interface Formula {
    void write(CellCode to);
  }

  private final Assembler to;
  private final Frame frame;
  private final Form form;

  /** Of instructions on what registers hold. */
  private final int prefix;

  private boolean masked;

  /** Which of the totals are added to. */
  private int[] totals = TOTALS[0];

  /** How many cells behind those that RAX counts the ones are that are read and written. */
  private int ahead;

  /** Ends of instructions that read a constant, by its bits. */
  private final Map<Long, List<Integer>> constants = new LinkedHashMap<>();

  /** Code without a loop yet. */
  CellCode(Form form, Frame frame) {
    this.form = form;
    this.frame = frame;
    this.prefix = form == Form.FLOATS ? PREFIX_NONE : PREFIX_66;
    this.to = new Assembler(form == Form.DOUBLES);
  }

  /** Writes the code around formulas. */
  Assembler assembler() {
    return to;
  }

  /** Only cells that the masks have are read and written. */
  void writeMasked(Formula formula) {
    masked = true;
    formula.write(this);
    masked = false;
  }

  /** What follows reads and writes the cells so many groups behind the first. */
  void at(int group) {
    ahead = group * form.lanes();
  }

  /**
   * Loads the masks of the last cells.
   *
   * @param spare a general register that is lost
   * @param place one that holds the place of the mask
   * @return for {@link #writeData}
   */
  int loadMasks(int spare, int place) {
    to.address(spare, Address.ahead(0));
    int masks = to.here();
    Address mask = Address.of(spare, place, 1);
    to.vector(MAP_0F, PREFIX_66, true, 0x10, WIDE_MASK, 0, mask);
    Address narrow = form == Form.WIDENED ? mask.plus(NARROW_MASKS) : mask;
    to.vector(MAP_0F, PREFIX_66, true, 0x10, MASK, 0, narrow);
    return masks;
  }

  /** No cell was refused yet. */
  void clearRefused() {
    to.clear(REFUSED);
  }

  /** What lanes of a total are before the first cell. */
  void loadTotal(int number, Address from) {
    to.vector(MAP_0F, PREFIX_66, true, 0x10, TOTALS[0][number], 0, from);
  }

  /** Begins totals of second groups, which are sums. */
  void clearSecondTotal(int number) {
    to.vector(
        MAP_0F, PREFIX_66, true, FLIP, TOTALS[1][number], TOTALS[1][number], TOTALS[1][number]);
  }

  /** Begins totals of second groups, which are the largest cells. */
  void copySecondTotal(int number) {
    load(TOTALS[1][number], register(TOTALS[0][number]));
  }

  /** What follows adds to the totals of second groups of cells. */
  void useSecondTotals() {
    totals = TOTALS[1];
  }

  void useFirstTotals() {
    totals = TOTALS[0];
  }

  /** Adds totals of second groups to those of first ones. */
  void addSecondTotal(int number) {
    add(TOTALS[0][number], TOTALS[0][number], register(TOTALS[1][number]));
  }

  void takeLargerTotal(int number) {
    apply(LARGEST, TOTALS[0][number], TOTALS[1][number], register(TOTALS[0][number]));
  }

  void storeTotal(Address into, int number) {
    to.vector(MAP_0F, PREFIX_66, true, 0x11, TOTALS[0][number], 0, into);
  }

  /** Sets what the call returns. */
  void returnRefused() {
    to.vector(MAP_0F, PREFIX_66, true, 0x50, RAX, 0, REFUSED);
  }

  /** The last of the code: masks and constants. */
  void writeData(int masks) {
    to.pointTo(masks);
    if (form == Form.FLOATS) {
      writeFloatMasks(2 * LANES);
    } else {
      writeDoubleMasks();
      writeFloatMasks(LANES);
    }
    constants.forEach((bits, ends) -> {
      ends.forEach(to::pointTo);
      for (int i = 0; i < LANES; i++) {
        to.data(form.bits(Double.longBitsToDouble(bits)));
      }
    });
  }

  /** For each number of cells from 0 on, all bits of as many doubles. */
  private void writeDoubleMasks() {
    for (int cells = 0; cells < LANES; cells++) {
      for (int i = 0; i < LANES; i++) {
        to.data(i < cells ? -1 : 0);
      }
    }
  }

  /** Likewise of floats, each of which has the bytes of four doubles. */
  private void writeFloatMasks(int most) {
    for (int cells = 0; cells < most; cells++) {
      for (int i = 0; i < LANES; i++) {
        long low = 2 * i < cells ? 0xFFFFFFFFL : 0;
        long high = 2 * i + 1 < cells ? 0xFFFFFFFF00000000L : 0;
        to.data(low | high);
      }
    }
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

  /** Reads cells of an input. */
  void input(int register, int number) {
    read(register, place(frame.inputs[number], cellBytes()), form);
  }

  int cellBytes() {
    return form == Form.DOUBLES ? Double.BYTES : Float.BYTES;
  }

  /** Reads one cell of an input for all. */
  void repeatedInput(int register, int number) {
    Address at = Address.of(frame.inputs[number]);
    if (form != Form.WIDENED) {
      to.broadcast(register, at);
    } else {
      to.vector(MAP_0F38, PREFIX_66, false, 0x18, register, 0, at);
      to.vector(MAP_0F, PREFIX_NONE, true, 0x5A, register, 0, register);
    }
  }

  /** Each cell becomes the nearest float. */
  void roundToFloats(int register) {
    to.vector(MAP_0F, PREFIX_66, true, 0x5A, register, 0, register);
    to.vector(MAP_0F, PREFIX_NONE, true, 0x5A, register, 0, register);
  }

  /** Reads cells of an input of doubles, whatever the precision of others. */
  void wideInput(int register, int number) {
    read(register, place(frame.inputs[number], Double.BYTES), Form.DOUBLES);
  }

  private Address place(int base, int bytes) {
    return Address.of(base, RAX, bytes).plus(ahead * bytes);
  }

  private void read(int register, Address at, Form cells) {
    boolean isWhole = cells != Form.WIDENED;
    if (masked) {
      int opcode = cells == Form.DOUBLES ? 0x2D : 0x2C;
      to.vector(MAP_0F38, PREFIX_66, isWhole, opcode, register, mask(cells), at);
      if (!isWhole) {
        to.vector(MAP_0F, PREFIX_NONE, true, 0x5A, register, 0, register);
      }
    } else {
      // Of whole vectors a load, of floats that become doubles one that widens.
      to.vector(MAP_0F, PREFIX_NONE, true, isWhole ? 0x10 : 0x5A, register, 0, at);
    }
  }

  private static int mask(Form cells) {
    return cells == Form.DOUBLES ? WIDE_MASK : MASK;
  }

  /** Writes cells of an output; what the register holds may be lost. */
  void output(int number, int register) {
    if (form == Form.WIDENED) {
      to.vector(MAP_0F, PREFIX_66, true, 0x5A, register, 0, register);
    }
    write(place(frame.outputs[number], cellBytes()), register, form);
  }

  /** Writes cells of an output of doubles, whatever the precision of others. */
  void wideOutput(int number, int register) {
    write(place(frame.outputs[number], Double.BYTES), register, Form.DOUBLES);
  }

  private void write(Address at, int register, Form cells) {
    boolean isWhole = cells != Form.WIDENED;
    if (masked) {
      int opcode = cells == Form.DOUBLES ? 0x2F : 0x2E;
      to.vector(MAP_0F38, PREFIX_66, isWhole, opcode, register, mask(cells), at);
    } else {
      to.vector(MAP_0F, PREFIX_NONE, isWhole, 0x11, register, 0, at);
    }
  }

  /** Adds each lane to a total; what the register holds is lost. */
  void total(int number, int register) {
    if (masked) {
      and(register, register, register(WIDE_MASK));
    }
    add(totals[number], totals[number], register(register));
  }

  /** Each lane of a total becomes the register's if that is larger; which is lost. */
  void largestTotal(int number, int register) {
    int total = totals[number];
    apply(LARGEST, register, register, register(total));
    if (masked) {
      choose(total, total, register, WIDE_MASK);
    } else {
      load(total, register(register));
    }
  }

  private void apply(int opcode, int result, int one, Source other) {
    switch (other) {
      case Register register ->
          to.vector(MAP_0F, prefix, true, opcode, result, one, register.number);
      case Parameter parameter -> {
        Address at = Address.of(RDX, frame.firstParameter + parameter.number * LANE_BYTES);
        to.vector(MAP_0F, prefix, true, opcode, result, one, at);
      }
      case Constant constant -> {
        to.vector(MAP_0F, prefix, true, opcode, result, one, Address.ahead(0));
        constants.computeIfAbsent(constant.bits, _ -> new ArrayList<>()).add(to.here());
      }
    }
  }

  void load(int result, Source source) {
    apply(0x10, result, 0, source);
  }

  void add(int result, int one, Source other) {
    apply(ADD, result, one, other);
  }

  void subtract(int result, int one, Source other) {
    apply(SUBTRACT, result, one, other);
  }

  void multiply(int result, int one, Source other) {
    apply(MULTIPLY, result, one, other);
  }

  void divide(int result, int one, Source other) {
    apply(DIVIDE, result, one, other);
  }

  void root(int result, int of) {
    apply(ROOT, result, 0, register(of));
  }

  /** The lesser of both; the second where either is no number. */
  void least(int result, int one, Source other) {
    apply(LEAST, result, one, other);
  }

  void and(int result, int one, Source other) {
    apply(AND, result, one, other);
  }

  /** The bits of {@code other} that {@code one} does not have. */
  void andNot(int result, int one, Source other) {
    apply(AND_NOT, result, one, other);
  }

  void or(int result, int one, Source other) {
    apply(OR, result, one, other);
  }

  /** The bits of {@code one}, those that {@code other} has turned around. */
  void flip(int result, int one, int other) {
    apply(FLIP, result, one, register(other));
  }

  /** The nearest whole number, of two the even one. */
  void round(int result, int of) {
    round(result, of, TO_NEAREST);
  }

  /** The largest whole number that is not larger. */
  void floor(int result, int of) {
    round(result, of, DOWN);
  }

  /** The least whole number that is not less. */
  void ceil(int result, int of) {
    round(result, of, UP);
  }

  private void round(int result, int of, int direction) {
    to.vector(MAP_0F3A, PREFIX_66, true, form == Form.FLOATS ? 0x08 : 0x09, result, 0, of);
    to.control(direction);
  }

  /** The larger of both; the second where either is no number or both are zeros. */
  void largest(int result, int one, Source other) {
    apply(LARGEST, result, one, other);
  }

  /** Of each lane {@code other} where the mask's highest bit is set, else {@code one}. */
  void choose(int result, int one, int other, int mask) {
    to.vector(MAP_0F3A, PREFIX_66, true, form == Form.FLOATS ? 0x4A : 0x4B, result, one, other);
    to.control(mask << 4);
  }

  /** All bits where the comparison holds, else none. */
  void compare(int result, int one, Comparison comparison, int other) {
    to.vector(MAP_0F, prefix, true, 0xC2, result, one, other);
    to.control(comparison.predicate);
  }

  /** Of each lane the product of the lower halves, as whole numbers without sign. */
  void multiplyWhole(int result, int one, Source other) {
    apply(MULTIPLY_WHOLE, result, one, other);
  }

  void addWhole(int result, int one, Source other) {
    apply(ADD_WHOLE, result, one, other);
  }

  /** The bits that one of both has. */
  void flipWhole(int result, int one, Source other) {
    apply(FLIP_WHOLE, result, one, other);
  }

  /** All bits where {@code one} is larger than {@code other} as a whole number, else none. */
  void largerWhole(int result, int one, int other) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x37, result, one, other);
  }

  /** In each pair of lanes the lower ones of both. */
  void lowerOfPairs(int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, 0x6C, result, one, other);
  }

  /** In each pair of lanes the upper ones of both. */
  void upperOfPairs(int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, 0x6D, result, one, other);
  }

  /**
   * Two pairs of lanes of both.
   *
   * @param which in each half byte, the lower first: 0 and 1 are those of one, 2 and 3 the other's
   */
  void joinPairs(int result, int one, int other, int which) {
    to.vector(MAP_0F3A, PREFIX_66, true, 0x46, result, one, other);
    to.control(which);
  }

  /** The lower half of {@code low} and the upper half of {@code high} in each lane. */
  void joinHalves(int result, int low, int high) {
    to.vector(MAP_0F3A, PREFIX_66, true, 0x02, result, low, high);
    to.control(0xAA);
  }

  /** All bits that are moved to the right, zeros behind them. */
  void shiftRight(int result, int of, int bits) {
    to.vector(MAP_0F, PREFIX_66, true, 0x73, 2, result, of);
    to.control(bits);
  }

  /** The register of a total, for what goes on from cell to cell and is no sum. */
  static int carried(int number) {
    return TOTALS[0][number];
  }

  /** All bits that are moved to the left. */
  void shiftLeft(int result, int of, int bits) {
    to.vector(MAP_0F, PREFIX_66, true, 0x73, 6, result, of);
    to.control(bits);
  }

  /** The call returns other than 0 where a register's cell has its highest bit; it is lost. */
  void refuse(int register) {
    if (masked) {
      and(register, register, register(WIDE_MASK));
    }
    or(REFUSED, REFUSED, register(register));
  }
}
