package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Decimal;

/** Decimal numbers of up to 19 digits, the bulk of what data holds, read from text quickly. */
final class PlainNumber {
  private PlainNumber() {}

  /** The number, the same as {@link Double#parseDouble} gives; NaN for everything unusual. */
  static double parse(String text) {
    if (text == null || text.isEmpty()) {
      return Double.NaN;
    }
    int length = text.length();
    int at = text.charAt(0) == '-' ? 1 : 0;
    int first = at;
    long digits = 0;
    int significant = 0;
    int point = -1;
    for (; at < length; at++) {
      int letter = text.charAt(at);
      int digit = letter - '0';
      if (digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit;
        significant += digits == 0 ? 0 : 1;
      } else if (letter == '.' && point < 0) {
        point = at;
      } else {
        break;
      }
      if (significant > Decimal.MOST_DIGITS) {
        return Double.NaN;
      }
    }
    if (at == first || point >= 0 && at == first + 1) {
      return Double.NaN;
    }
    int exponent = point < 0 ? 0 : point + 1 - at;
    if (at < length) {
      int power = power(text, at);
      if (power == NO_POWER) {
        return Double.NaN;
      }
      exponent += power;
    }
    double value = Decimal.nearest(digits, exponent);
    return first == 1 ? -value : value;
  }

  private static final int NO_POWER = Integer.MAX_VALUE;

  /** The power of ten that ends a text, as in 1.5E-7; three digits at most. */
  private static int power(String text, int mark) {
    if ((text.charAt(mark) | 0x20) != 'e') {
      return NO_POWER;
    }
    int at = mark + 1;
    boolean negative = at < text.length() && text.charAt(at) == '-';
    if (negative) {
      at++;
    }
    if (at == text.length() || text.length() - at > 3) {
      return NO_POWER;
    }
    int power = 0;
    for (; at < text.length(); at++) {
      int digit = text.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        return NO_POWER;
      }
      power = power * 10 + digit;
    }
    return negative ? -power : power;
  }
}
