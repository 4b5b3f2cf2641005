package dev.reprise.runtime.cpu.frame;

/** Numbers of few digits without an exponent, the bulk of what data holds, read quickly. */
final class PlainNumber {
  /**
   * Products and quotients of numbers below 2^53 with exact powers of ten are correctly rounded.
   */
  private static final int MOST_DIGITS = 15;

  private static final double[] TENS = new double[MOST_DIGITS + 1];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = TENS[i - 1] * 10;
    }
  }

  private PlainNumber() {}

  /** The number, the same as {@link Double#parseDouble} gives; NaN for everything unusual. */
  static double parse(String text) {
    if (text == null || text.isEmpty() || text.length() > MOST_DIGITS + 1) {
      return Double.NaN;
    }
    int at = text.charAt(0) == '-' ? 1 : 0;
    long digits = 0;
    int point = -1;
    int first = at;
    for (; at < text.length(); at++) {
      char letter = text.charAt(at);
      if (letter >= '0' && letter <= '9') {
        digits = digits * 10 + (letter - '0');
      } else if (letter == '.' && point < 0) {
        point = at;
      } else {
        return Double.NaN;
      }
    }
    int count = at - first - (point < 0 ? 0 : 1);
    if (count == 0 || count > MOST_DIGITS) {
      return Double.NaN;
    }
    double value = point < 0 ? digits : digits / TENS[text.length() - 1 - point];
    return first == 1 ? -value : value;
  }
}
