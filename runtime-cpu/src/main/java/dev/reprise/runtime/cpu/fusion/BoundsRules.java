package dev.reprise.runtime.cpu.fusion;

import static java.util.Map.entry;

import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Between what bounds the results of element-wise operations lie, given those of their operands.
 *
 * <p>Whatever is rounded once keeps its order when it is rounded, so the bounds of a sum are the
 * rounded sums of bounds. Functions such as exp err; their bounds are widened. An operation that
 * makes a difference between the zeros of either sign has results only where no operand that it
 * asks for its sign may be zero: so it does not matter whether an operand was kept compressed, and
 * has lost the signs of its zeros.
 */
final class BoundsRules {
  private static final CellBounds TRUTH = new CellBounds(0, 1);

  /** Beyond, exp or what is made of it leaves the range of normal numbers. */
  private static final double MOST_EXPONENT = 600;

  private static final double MOST_ROUNDED = 1L << 52;

  private static final Map<String, UnaryOperator<CellBounds>> UNARY =
      Map.ofEntries(
          entry("negate", x -> new CellBounds(-x.most(), -x.least())),
          entry("abs", BoundsRules::absolute),
          entry("sign", rising(Math::signum)),
          entry("round", BoundsRules::round),
          entry("floor", rising(Math::floor)),
          entry("ceil", rising(Math::ceil)),
          entry("sqrt", x -> x.least() >= 0 ? rising(Math::sqrt).apply(x) : null),
          entry("exp", BoundsRules::exponential),
          entry("log", x -> x.least() > 0 ? widened(rising(Math::log).apply(x)) : null),
          entry("sigmoid", BoundsRules::sigmoid),
          entry("tanh", x -> new CellBounds(-1, 1).widened()),
          entry("relu", rising(x -> Math.max(x, 0))),
          entry("!", x -> TRUTH));

  private static final Map<String, BinaryOperator<CellBounds>> BINARY =
      Map.ofEntries(
          entry("+", (x, y) -> CellBounds.orNull(x.least() + y.least(), x.most() + y.most())),
          entry("-", (x, y) -> CellBounds.orNull(x.least() - y.most(), x.most() - y.least())),
          entry("*", (x, y) -> ofCorners((a, b) -> a * b, x, y)),
          entry("/", (x, y) -> y.excludeZero() ? ofCorners((a, b) -> a / b, x, y) : null),
          entry("^", BoundsRules::power),
          entry("pmin", (x, y) -> ofBoth(Math::min, x, y)),
          entry("pmax", (x, y) -> ofBoth(Math::max, x, y)),
          entry("<", (x, y) -> TRUTH),
          entry("<=", (x, y) -> TRUTH),
          entry(">", (x, y) -> TRUTH),
          entry(">=", (x, y) -> TRUTH),
          entry("==", (x, y) -> TRUTH),
          entry("!=", (x, y) -> TRUTH),
          entry("&", (x, y) -> TRUTH),
          entry("|", (x, y) -> TRUTH));

  private BoundsRules() {}

  /**
   * The bounds of an operation's results, or null when it is not known here or they are not finite.
   *
   * @param operands as many as the operation has; some may be null
   */
  static CellBounds of(String opcode, CellBounds[] operands) {
    for (CellBounds operand : operands) {
      if (operand == null) {
        return null;
      }
    }
    return switch (operands.length) {
      case 1 -> UNARY.getOrDefault(opcode, _ -> null).apply(operands[0]);
      case 2 -> BINARY.getOrDefault(opcode, (_, _) -> null).apply(operands[0], operands[1]);
      default -> opcode.equals("ifelse") ? operands[1].with(operands[2]) : null;
    };
  }

  private static UnaryOperator<CellBounds> rising(DoubleUnaryOperator function) {
    return x ->
        CellBounds.orNull(function.applyAsDouble(x.least()), function.applyAsDouble(x.most()));
  }

  private static CellBounds widened(CellBounds bounds) {
    return bounds == null ? null : bounds.widened();
  }

  /** The kernel's results are whole numbers of 64 bits. */
  private static CellBounds round(CellBounds x) {
    return x.largest() > MOST_ROUNDED
        ? null
        : new CellBounds(Math.floor(x.least()), Math.ceil(x.most()));
  }

  private static CellBounds absolute(CellBounds x) {
    double least = x.excludeZero() ? Math.min(Math.abs(x.least()), Math.abs(x.most())) : 0;
    return new CellBounds(least, x.largest());
  }

  private static CellBounds exponential(CellBounds x) {
    return x.most() > MOST_EXPONENT ? null : lifted(Math::exp, x);
  }

  private static CellBounds sigmoid(CellBounds x) {
    return lifted(each -> 1 / (1 + Math.exp(-each)), x);
  }

  /** Of a rising function that is positive, where it is a normal number. */
  private static CellBounds lifted(DoubleUnaryOperator function, CellBounds x) {
    CellBounds of = rising(function).apply(x);
    return widened(x.least() < -MOST_EXPONENT ? new CellBounds(0, of.most()) : of);
  }

  /** Of a number as exponent: a square, or of a base that is not negative. */
  private static CellBounds power(CellBounds x, CellBounds exponent) {
    double by = exponent.least();
    if (by != exponent.most()) {
      return null;
    }
    if (by == 2) {
      CellBounds size = absolute(x);
      return CellBounds.orNull(size.least() * size.least(), size.most() * size.most());
    }
    boolean isKnown = by > 0 ? x.least() >= 0 : x.least() > 0;
    return isKnown ? widened(ofCorners((a, b) -> Math.pow(a, by), x, x)) : null;
  }

  /** Of a function of two that rises or falls with each of them: its extremes lie at corners. */
  private static CellBounds ofCorners(DoubleBinaryOperator function, CellBounds x, CellBounds y) {
    double a = function.applyAsDouble(x.least(), y.least());
    double b = function.applyAsDouble(x.least(), y.most());
    double c = function.applyAsDouble(x.most(), y.least());
    double d = function.applyAsDouble(x.most(), y.most());
    return CellBounds.orNull(
        Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
  }

  private static CellBounds ofBoth(DoubleBinaryOperator rising, CellBounds x, CellBounds y) {
    return CellBounds.orNull(
        rising.applyAsDouble(x.least(), y.least()), rising.applyAsDouble(x.most(), y.most()));
  }
}
