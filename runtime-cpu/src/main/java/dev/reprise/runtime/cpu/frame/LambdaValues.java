package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.util.Objects;

/** Operators of {@link Lambda} on boxed values, as Java defines them. */
final class LambdaValues {
  private LambdaValues() {}

  /**
   * The value as text. An array has none: Java's names the object, which is another one each time.
   */
  static String text(Object value) {
    if (value instanceof Object[]) {
      throw new OperandException(
          "the lambda makes an array where a text is due; take one of its elements, as in"
              + " x.split(\",\")[0]");
    }
    return String.valueOf(value);
  }

  static Object binary(String operator, Object left, Object right) {
    if (operator.equals("+") && (left instanceof String || right instanceof String)) {
      return text(left) + text(right);
    }
    Object a = left instanceof Character letter ? (Integer) (int) letter : left;
    Object b = right instanceof Character letter ? (Integer) (int) letter : right;
    if (!(a instanceof Number x) || !(b instanceof Number y)) {
      return switch (operator) {
        case "==" -> Objects.equals(a, b);
        case "!=" -> !Objects.equals(a, b);
        default ->
            throw new IllegalArgumentException(
                "'" + operator + "' needs numbers, as in x.length()");
      };
    }
    if (x instanceof Double || y instanceof Double) {
      return doubles(operator, x.doubleValue(), y.doubleValue());
    }
    if (x instanceof Long || y instanceof Long) {
      return longs(operator, x.longValue(), y.longValue());
    }
    return ints(operator, x.intValue(), y.intValue());
  }

  private static Object doubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "%" -> a % b;
      default -> compared(operator, a, b);
    };
  }

  private static Object longs(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "%" -> a % b;
      default -> compared(operator, Long.compare(a, b), 0);
    };
  }

  private static Object ints(String operator, int a, int b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "%" -> a % b;
      default -> compared(operator, a, b);
    };
  }

  private static Object compared(String operator, double a, double b) {
    return switch (operator) {
      case "==" -> a == b;
      case "!=" -> a != b;
      case "<" -> a < b;
      case "<=" -> a <= b;
      case ">" -> a > b;
      default -> a >= b;
    };
  }

  static Object cast(String type, Object value) {
    Object number = value instanceof Character letter ? (Integer) (int) letter : value;
    return switch (type) {
      case "int" -> ((Number) number).intValue();
      case "long" -> ((Number) number).longValue();
      case "double" -> ((Number) number).doubleValue();
      default -> value;
    };
  }
}
