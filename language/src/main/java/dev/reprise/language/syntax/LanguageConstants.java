package dev.reprise.language.syntax;

import dev.reprise.runtime.Scalar;
import java.util.regex.Pattern;

/** Constants that have a name, and constants from the command line. */
public final class LanguageConstants {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DOUBLE =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private LanguageConstants() {}

  /** The value of {@code NaN}, {@code Inf} or {@code pi}; null for any other name. */
  public static Scalar find(String name) {
    return switch (name) {
      case "NaN" -> Scalar.of(Double.NaN);
      case "Inf" -> Scalar.of(Double.POSITIVE_INFINITY);
      case "pi" -> Scalar.of(Math.PI);
      default -> null;
    };
  }

  /** A text from the command line as integer, double, boolean or string, the first that fits. */
  public static Scalar typed(String text) {
    if (INTEGER.matcher(text).matches()) {
      try {
        return Scalar.of(Long.parseLong(text));
      } catch (NumberFormatException e) {
        return Scalar.of(Double.parseDouble(text));
      }
    }
    if (DOUBLE.matcher(text).matches()) {
      return Scalar.of(Double.parseDouble(text));
    }
    return switch (text) {
      case "TRUE", "true" -> Scalar.of(true);
      case "FALSE", "false" -> Scalar.of(false);
      case "NaN" -> Scalar.of(Double.NaN);
      case "Inf", "Infinity" -> Scalar.of(Double.POSITIVE_INFINITY);
      case "-Inf", "-Infinity" -> Scalar.of(Double.NEGATIVE_INFINITY);
      default -> Scalar.of(text);
    };
  }
}
