package dev.reprise.language.optimize;

import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;

/**
 * Computes operators over numbers that stand in the script. Only where the result cannot differ
 * from what the operation gives at run time; null otherwise. What makes a NaN or an infinity of
 * other numbers is left to run time, too, where {@code --trap} sees it.
 */
public final class ConstantFolding {
  private ConstantFolding() {}

  public static Scalar unary(String operator, Scalar operand) {
    return switch (operator) {
      case "-" -> negated(operand);
      case "!" -> operand instanceof BooleanScalar truth ? Scalar.of(!truth.asBoolean()) : null;
      default -> null;
    };
  }

  private static Scalar negated(Scalar operand) {
    if (operand instanceof DoubleScalar(double value)) {
      return Scalar.of(-value);
    }
    return operand instanceof IntegerScalar(long value) && value != Long.MIN_VALUE
        ? Scalar.of(-value)
        : null;
  }

  public static Scalar binary(String operator, Scalar left, Scalar right) {
    if (left instanceof IntegerScalar(long a) && right instanceof IntegerScalar(long b)) {
      return integers(operator, a, b);
    }
    if (isNumber(left) && isNumber(right)) {
      return doubles(operator, left.asDouble(), right.asDouble());
    }
    if (left instanceof BooleanScalar && right instanceof BooleanScalar) {
      return truths(operator, left.asBoolean(), right.asBoolean());
    }
    return null;
  }

  private static Scalar truths(String operator, boolean a, boolean b) {
    return switch (operator) {
      case "&" -> Scalar.of(a & b);
      case "|" -> Scalar.of(a | b);
      default -> null;
    };
  }

  private static boolean isNumber(Scalar scalar) {
    return scalar instanceof IntegerScalar || scalar instanceof DoubleScalar;
  }

  private static Scalar integers(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> Scalar.of(Math.addExact(a, b));
        case "-" -> Scalar.of(Math.subtractExact(a, b));
        case "*" -> Scalar.of(Math.multiplyExact(a, b));
        case "/" -> unlessMade((double) a / b, a, b);
        case "<" -> Scalar.of(a < b);
        case "<=" -> Scalar.of(a <= b);
        case ">" -> Scalar.of(a > b);
        case ">=" -> Scalar.of(a >= b);
        case "==" -> Scalar.of(a == b);
        case "!=" -> Scalar.of(a != b);
        default -> null;
      };
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static Scalar doubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> unlessMade(a + b, a, b);
      case "-" -> unlessMade(a - b, a, b);
      case "*" -> unlessMade(a * b, a, b);
      case "/" -> unlessMade(a / b, a, b);
      case "<" -> Scalar.of(a < b);
      case "<=" -> Scalar.of(a <= b);
      case ">" -> Scalar.of(a > b);
      case ">=" -> Scalar.of(a >= b);
      case "==" -> Scalar.of(a == b);
      case "!=" -> Scalar.of(a != b);
      default -> null;
    };
  }

  private static Scalar unlessMade(double result, double a, double b) {
    boolean nan = Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b);
    boolean infinity = Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b);
    return nan || infinity ? null : Scalar.of(result);
  }
}
