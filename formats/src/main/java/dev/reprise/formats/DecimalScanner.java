package dev.reprise.formats;

import dev.reprise.runtime.Decimal;
import java.nio.charset.StandardCharsets;

/**
 * Reads decimal numbers from bytes, correctly rounded. One per thread: the end of the last number
 * is kept in {@link #end}.
 *
 * <p>Up to 19 significant digits are {@link Decimal}'s. The rest, and results at the edges of the
 * exponent range, go to the JDK.
 */
final class DecimalScanner {
  /** Position after the number that {@link #scan} read last; -1 when there was none. */
  int end;

  /**
   * Reads the longest decimal number that starts at {@code from}: sign, digits, point, exponent. No
   * white space, no names. The result means nothing when {@link #end} is -1.
   */
  double scan(byte[] bytes, int from, int limit) {
    int at = from;
    boolean negative = false;
    if (at < limit && (bytes[at] == '-' || bytes[at] == '+')) {
      negative = bytes[at++] == '-';
    }
    int first = at;
    long digits = 0;
    int digit;
    while (at < limit && (digit = bytes[at] - '0') >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      at++;
    }
    int count = at - first;
    int exponent = 0;
    if (at < limit && bytes[at] == '.') {
      int fraction = ++at;
      while (at < limit && (digit = bytes[at] - '0') >= 0 && digit <= 9) {
        digits = digits * 10 + digit;
        at++;
      }
      exponent = fraction - at;
      count -= exponent;
    }
    if (count == 0) {
      end = -1;
      return 0;
    }
    if (at < limit && (bytes[at] | 0x20) == 'e') {
      int afterMark = scanExponent(bytes, at + 1, limit);
      if (afterMark > 0) {
        exponent += scannedExponent;
        at = afterMark;
      }
    }
    end = at;
    if (count > Decimal.MOST_DIGITS && significant(bytes, first, at) > Decimal.MOST_DIGITS) {
      return parseSlowly(bytes, from, at);
    }
    return toDouble(digits, exponent, negative, bytes, from, at);
  }

  private int scannedExponent;

  /** Reads the digits after the exponent mark; returns the position after them, or -1. */
  private int scanExponent(byte[] bytes, int from, int limit) {
    int at = from;
    boolean negative = false;
    if (at < limit && (bytes[at] == '-' || bytes[at] == '+')) {
      negative = bytes[at++] == '-';
    }
    int first = at;
    int value = 0;
    while (at < limit && bytes[at] >= '0' && bytes[at] <= '9') {
      value = Math.min(100_000, value * 10 + bytes[at] - '0');
      at++;
    }
    scannedExponent = negative ? -value : value;
    return at == first ? -1 : at;
  }

  /** Number of mantissa digits without leading zeros. */
  private static int significant(byte[] bytes, int first, int end) {
    int count = 0;
    for (int i = first; i < end && (bytes[i] | 0x20) != 'e'; i++) {
      if (bytes[i] != '.' && (count > 0 || bytes[i] != '0')) {
        count++;
      }
    }
    return count;
  }

  private static double toDouble(
      long digits, int exponent, boolean negative, byte[] bytes, int from, int end) {
    double size = Decimal.nearest(digits, exponent);
    if (Double.isNaN(size)) {
      return parseSlowly(bytes, from, end);
    }
    return negative ? -size : size;
  }

  private static double parseSlowly(byte[] bytes, int from, int end) {
    return Double.parseDouble(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
  }
}
