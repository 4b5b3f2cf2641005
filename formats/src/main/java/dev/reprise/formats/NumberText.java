package dev.reprise.formats;

/** Numbers as text, including the names of the special ones. */
final class NumberText {
  private NumberText() {}

  /** The number a text stands for; NaN also for a text that stands for none. */
  static double parse(String text) {
    return switch (text) {
      case "NaN", "nan", "NAN" -> Double.NaN;
      case "Infinity", "Inf", "inf", "INF", "+Infinity", "+Inf", "+inf", "infinity" ->
          Double.POSITIVE_INFINITY;
      case "-Infinity", "-Inf", "-inf", "-INF", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> parseDigits(text);
    };
  }

  private static double parseDigits(String text) {
    try {
      // The JDK also reads "1d", "1f", hexadecimal and what control characters, such as those of a
      // damaged file, stand before; those are text here.
      char last = text.isEmpty() ? 'x' : text.charAt(text.length() - 1);
      boolean plain = last >= '0' && last <= '9' || last == '.';
      return plain && text.charAt(0) > ' ' && text.indexOf('x') < 0 && text.indexOf('X') < 0
          ? Double.parseDouble(text)
          : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** True when the text names the value that is no number. */
  static boolean isNaN(String text) {
    return text.equalsIgnoreCase("nan");
  }

  /** A text short enough for a message. */
  static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 37) + "...";
  }
}
