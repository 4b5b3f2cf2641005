package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

import java.util.HashMap;
import java.util.Map;

/**
 * What element-wise operations are as machine code, by the opcodes of the operation table: with the
 * bits of the loops in Java, but for those of a NaN. All but functions, whole division and what it
 * leaves are of doubles or of floats: the sum, difference, product, quotient or root of floats is
 * the same rounded once (see {@code FloatOperators}).
 */
final class CellOperators {
  /** Registers that operators may use beside their operands; functions use more. */
  static final int SPARES = 3;

  private static final long SIGN = Long.MIN_VALUE;

  /** What larger quotients are cut to: 2^63, as whole numbers of 64 bits in Java have it. */
  private static final double MOST_WHOLE = 0x1p63;

  /** Writes an operation whose operands are in registers from x on; its result is x. */
  @FunctionalInterface
  private interface Emitter {
    void write(CellCode to, int x, int y, int z);
  }

  /**
   * An operation.
   *
   * @param isFunction whether it computes in the registers below {@link
   *     ExponentialFormulas#FIRST_KEPT}
   * @param rounds whether its result may be no float though its operands are
   * @param quick by fewer operations, for results that are rounded to floats; or null
   */
  private record Operator(
      int arity, boolean isFunction, boolean rounds, Emitter emitter, Emitter quick) {
    Operator(int arity, boolean isFunction, boolean rounds, Emitter emitter) {
      this(arity, isFunction, rounds, emitter, null);
    }
  }

  private static final Map<String, Operator> TABLE = table();

  private CellOperators() {}

  /** Whether there is code for an operation. */
  static boolean knows(String opcode) {
    return TABLE.containsKey(opcode);
  }

  static int arity(String opcode) {
    return TABLE.get(opcode).arity;
  }

  static boolean isFunction(String opcode) {
    return TABLE.get(opcode).isFunction;
  }

  /** Whether floats have to be widened for it, since its result rounded once is another. */
  static boolean needsDoubles(String opcode) {
    return isFunction(opcode) || opcode.equals("%/%") || opcode.equals("%%");
  }

  /** Whether it is a division or a root, which take longer than all others. */
  static boolean divides(String opcode) {
    return switch (opcode) {
      case "/", "sqrt", "%/%", "%%" -> true;
      default -> false;
    };
  }

  /** Whether a result of floats, and of numbers that are none, may be no float. */
  static boolean rounds(String opcode) {
    return TABLE.get(opcode).rounds;
  }

  /**
   * Writes an operation. Registers 0 to {@link #SPARES} - 1 are lost, and with functions all below
   * {@link ExponentialFormulas#FIRST_KEPT}.
   *
   * @param x register of the first operand, which becomes the result
   * @param y of the second, where there is one, which is lost; so with z
   */
  static void write(CellCode to, String opcode, int x, int y, int z) {
    TABLE.get(opcode).emitter.write(to, x, y, z);
  }

  /** Whether there is a quick way, that leaves cells {@linkplain CellCode#unsureWhere unsure}. */
  static boolean isQuick(String opcode) {
    return TABLE.get(opcode).quick != null;
  }

  /** As {@link #write}, in the quick way. */
  static void writeQuick(CellCode to, String opcode, int x, int y, int z) {
    TABLE.get(opcode).quick.write(to, x, y, z);
  }

  private static Map<String, Operator> table() {
    Map<String, Operator> table = new HashMap<>();
    rounding(table, "+", 2, (to, x, y, _) -> to.add(x, x, register(y)));
    rounding(table, "-", 2, (to, x, y, _) -> to.subtract(x, x, register(y)));
    rounding(table, "*", 2, (to, x, y, _) -> to.multiply(x, x, register(y)));
    rounding(table, "/", 2, (to, x, y, _) -> to.divide(x, x, register(y)));
    rounding(table, "pmin", 2, (to, x, y, _) -> extreme(to, x, y, true));
    rounding(table, "pmax", 2, (to, x, y, _) -> extreme(to, x, y, false));
    rounding(table, "sqrt", 1, (to, x, _, _) -> to.root(x, x));
    rounding(table, CellChain.SQUARE, 1, (to, x, _, _) -> to.multiply(x, x, register(x)));
    rounding(table, "ifelse", 3, CellOperators::choose);
    rounding(table, "relu_backward", 2, CellOperators::passAboveZero);
    exact(table, "negate", CellOperators::negate);
    exact(table, "abs", CellOperators::absolute);
    exact(table, "floor", (to, x, _, _) -> to.floor(x, x));
    exact(table, "ceil", (to, x, _, _) -> to.ceil(x, x));
    exact(table, "round", CellOperators::round);
    exact(table, "relu", CellOperators::relu);
    exact(table, "!", (to, x, _, _) -> test(to, x, Comparison.EQUAL));
    exact(table, "sign", CellOperators::sign);
    for (String test : new String[] {"is.na", "is.nan"}) {
      exact(table, test, CellOperators::isNoNumber);
    }
    exact(table, "is.infinite", CellOperators::isInfinite);
    logic(table, "&", (to, x, y, _) -> to.and(x, x, register(y)));
    logic(table, "|", (to, x, y, _) -> to.or(x, x, register(y)));
    logic(table, "xor", (to, x, y, _) -> to.flip(x, x, y));
    compare(table, "<", Comparison.LESS);
    compare(table, "<=", Comparison.LESS_OR_EQUAL);
    compare(table, ">", Comparison.GREATER);
    compare(table, ">=", Comparison.GREATER_OR_EQUAL);
    compare(table, "==", Comparison.EQUAL);
    compare(table, "!=", Comparison.UNEQUAL);
    function(
        table,
        "exp",
        inPlace(ExponentialFormulas::power),
        (to, x, _, _) -> QuickFormulas.power(to, x));
    function(
        table,
        "sigmoid",
        inPlace(ExponentialFormulas::logisticInPlace),
        (to, x, _, _) -> QuickFormulas.logistic(to, x));
    function(
        table,
        "tanh",
        (to, x, _, _) -> ExponentialFormulas.tanh(to, x),
        (to, x, _, _) -> QuickFormulas.tanh(to, x));
    function(
        table,
        "gelu",
        (to, x, _, _) -> ActivationFormulas.gelu(to, x),
        (to, x, _, _) -> QuickFormulas.gelu(to, x));
    function(
        table,
        "silu",
        (to, x, _, _) -> ActivationFormulas.silu(to, x),
        (to, x, _, _) -> QuickFormulas.silu(to, x));
    table.put("sin", new Operator(1, true, true, (to, x, _, _) -> AngleFormulas.sin(to, x)));
    table.put("cos", new Operator(1, true, true, (to, x, _, _) -> AngleFormulas.cos(to, x)));
    table.put("log", new Operator(1, true, true, (to, x, _, _) -> LogarithmFormulas.log(to, x)));
    table.put(
        "log_base",
        new Operator(2, true, true, (to, x, y, _) -> LogarithmFormulas.logToBase(to, x, y)));
    rounding(table, "%/%", 2, CellOperators::whole);
    rounding(table, "%%", 2, CellOperators::remainder);
    table.put(
        "gelu_backward",
        new Operator(2, true, true, (to, x, y, _) -> ActivationFormulas.geluSloped(to, x, y)));
    table.put(
        "silu_backward",
        new Operator(2, true, true, (to, x, y, _) -> ActivationFormulas.siluSloped(to, x, y)));
    table.put(
        "elu", new Operator(2, true, true, (to, x, y, _) -> ActivationFormulas.elu(to, x, y)));
    return Map.copyOf(table);
  }

  private static void rounding(
      Map<String, Operator> table, String opcode, int arity, Emitter emitter) {
    table.put(opcode, new Operator(arity, false, true, emitter));
  }

  private static void exact(Map<String, Operator> table, String opcode, Emitter emitter) {
    table.put(opcode, new Operator(1, false, false, emitter));
  }

  private static void compare(Map<String, Operator> table, String opcode, Comparison comparison) {
    Emitter emitter =
        (to, x, y, _) -> {
          to.compare(x, x, comparison, y);
          to.and(x, x, constant(1));
        };
    table.put(opcode, new Operator(2, false, false, emitter));
  }

  /** Of operands that are true unless they are 0: their truths as bits of lanes are joined. */
  private static void logic(Map<String, Operator> table, String opcode, Emitter join) {
    Emitter emitter =
        (to, x, y, z) -> {
          to.load(0, constant(0));
          to.compare(x, x, Comparison.UNEQUAL, 0);
          to.compare(y, y, Comparison.UNEQUAL, 0);
          join.write(to, x, y, z);
          to.and(x, x, constant(1));
        };
    table.put(opcode, new Operator(2, false, false, emitter));
  }

  private static void function(
      Map<String, Operator> table, String opcode, Emitter emitter, Emitter quick) {
    table.put(opcode, new Operator(1, true, true, emitter, quick));
  }

  /** Of a formula that computes register 0. */
  private static Emitter inPlace(CellCode.Formula formula) {
    return (to, x, _, _) -> {
      to.load(0, register(x));
      formula.write(to);
      to.load(x, register(0));
    };
  }

  private static void negate(CellCode to, int x, int y, int z) {
    to.load(0, constantBits(SIGN));
    to.flip(x, x, 0);
  }

  private static void absolute(CellCode to, int x, int y, int z) {
    to.load(0, constantBits(SIGN));
    to.andNot(x, 0, register(x));
  }

  /** The quotient without its fraction, no zero with a sign; infinite ones stay. */
  private static void whole(CellCode to, int x, int y, int z) {
    to.divide(x, x, register(y));
    to.truncate(0, x);
    to.add(0, 0, constant(0));
    // Each gives its second operand where either is no number.
    to.load(1, constant(MOST_WHOLE));
    to.least(0, 1, register(0));
    to.load(1, constant(-MOST_WHOLE));
    to.largest(0, 1, register(0));
    to.subtract(1, x, register(x));
    to.chooseWhere(x, 0, x, 1, Comparison.NEITHER_ORDERED, 1, 1);
  }

  private static void remainder(CellCode to, int x, int y, int z) {
    to.load(2, register(x));
    whole(to, x, y, z);
    to.multiply(x, x, register(y));
    to.subtract(x, 2, register(x));
  }

  /** 1 where a comparison of x with 0 holds. */
  private static void test(CellCode to, int x, Comparison comparison) {
    to.load(0, constant(0));
    to.compare(x, x, comparison, 0);
    to.and(x, x, constant(1));
  }

  /** 1 with the sign of x; zeros and what is no number stay. */
  private static void sign(CellCode to, int x, int y, int z) {
    to.load(1, constantBits(SIGN));
    to.and(1, 1, register(x));
    to.or(1, 1, constant(1));
    to.load(0, constant(0));
    to.chooseWhere(x, x, 1, x, Comparison.LESS, 0, 2);
    to.chooseWhere(x, x, 1, x, Comparison.GREATER, 0, 2);
  }

  /**
   * The nearest whole number, halves up, as {@code Math.round} has it: no zero with a sign, 0 for
   * what is no number, and the nearest of 64 bits. What is above the number below is exact, but
   * where that is -1, and there it is rounded to no other side of a half.
   */
  private static void round(CellCode to, int x, int y, int z) {
    to.floor(0, x);
    to.subtract(1, x, register(0));
    to.load(x, constant(1));
    to.add(x, x, register(0));
    to.load(2, constant(0.5));
    to.chooseWhere(x, 0, x, 1, Comparison.GREATER_OR_EQUAL, 2, 1);
    to.clearWhere(x, x, Comparison.NEITHER_ORDERED, x, 0);
    to.add(x, x, constant(0));
    to.least(x, x, constant(MOST_WHOLE));
    to.largest(x, x, constant(-MOST_WHOLE));
  }

  private static void isNoNumber(CellCode to, int x, int y, int z) {
    to.compare(x, x, Comparison.NEITHER_ORDERED, x);
    to.and(x, x, constant(1));
  }

  private static void isInfinite(CellCode to, int x, int y, int z) {
    absolute(to, x, y, z);
    to.load(0, constant(Double.POSITIVE_INFINITY));
    to.compare(x, x, Comparison.EQUAL, 0);
    to.and(x, x, constant(1));
  }

  private static void relu(CellCode to, int x, int y, int z) {
    to.load(2, constant(0));
    extreme(to, x, 2, false);
  }

  /** x * (y > 0), as the product: of an infinity below 0 that is no number. */
  private static void passAboveZero(CellCode to, int x, int y, int z) {
    test(to, y, Comparison.GREATER);
    to.multiply(x, y, register(x));
  }

  /** y where x is true, which a NaN is, else z. */
  private static void choose(CellCode to, int x, int y, int z) {
    to.load(0, constant(0));
    to.chooseWhere(x, z, y, x, Comparison.UNEQUAL, 0, x);
  }

  /**
   * The lesser or larger of x and y as {@code Math} has it: no number where either is none, and
   * zeros ordered by their signs. The instruction gives its second operand in both cases. So it is
   * asked twice: of two zeros both signs remain, or one, and elsewhere both answers are the same.
   */
  private static void extreme(CellCode to, int x, int y, boolean least) {
    if (least) {
      to.least(0, x, register(y));
      to.least(1, y, register(x));
      to.or(0, 0, register(1));
    } else {
      to.largest(0, x, register(y));
      to.largest(1, y, register(x));
      to.and(0, 0, register(1));
    }
    to.add(1, x, register(y));
    to.chooseWhere(x, 0, 1, x, Comparison.NEITHER_ORDERED, y, x);
  }
}
