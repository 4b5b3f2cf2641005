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
      // The JDK also reads "1d", "1f", hexadecimal and numbers behind control characters, such as
      // those of a damaged file; those are text here.
      char last = text.isEmpty() ? 'x' : text.charAt(text.length() - 1);
      boolean plain = last >= '0' && last <= '9' || last == '.';
      return plain && !beginsWithControl(text) && text.indexOf('x') < 0 && text.indexOf('X') < 0
          ? Double.parseDouble(text)
          : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static boolean beginsWithControl(String text) {
    int at = 0;
    while (isSpace(text.charAt(at))) {
      at++;
    }
    return text.charAt(at) < ' ';
  }

  /** What the language calls white space; the JDK counts four separators of files among it. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) && (c < 0x1C || c > 0x1F);
  }

  /** A text without the white space around it. */
  static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (from < to && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /** True when the text names the value that is no number. */
  static boolean isNaN(String text) {
    return text.equalsIgnoreCase("nan");
  }

  /** A text short enough for a message, its control characters written out. */
  static String shortened(String text) {
    String start = text.length() <= 40 ? text : text.substring(0, 37) + "...";
    if (start.chars().noneMatch(Character::isISOControl)) {
      return start;
    }
    StringBuilder shown = new StringBuilder();
    for (char c : start.toCharArray()) {
      switch (c) {
        case '\r' -> shown.append("\\r");
        case '\n' -> shown.append("\\n");
        case '\t' -> shown.append("\\t");
        default -> shown.append(Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : c);
      }
    }
    return shown.toString();
  }
}
