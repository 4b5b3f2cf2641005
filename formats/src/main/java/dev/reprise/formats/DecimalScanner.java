package dev.reprise.formats;

import java.nio.charset.StandardCharsets;

/**
 * Reads decimal numbers from bytes, correctly rounded. One per thread: the end of the last number
 * is kept in {@link #end}.
 *
 * <p>Up to 19 significant digits: exact double arithmetic where it suffices (Clinger, PLDI 1990),
 * else one or two 64-bit products with a power of five (Lemire, "Number Parsing at a Gigabyte per
 * Second", 2021). The rest, and results at the edges of the exponent range, go to the JDK.
 */
final class DecimalScanner {
  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final long INFINITY_BITS = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

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
    if (count > 19 && significant(bytes, first, at) > 19) {
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
    if (digits >>> 53 == 0 && exponent >= -22 && exponent <= 22) {
      double exact = exponent < 0 ? digits / TENS[-exponent] : digits * TENS[exponent];
      return negative ? -exact : exact;
    }
    if (digits == 0) {
      return negative ? -0.0 : 0.0;
    }
    long bits = scaled(digits, exponent);
    if (bits < 0) {
      return parseSlowly(bytes, from, end);
    }
    return Double.longBitsToDouble(negative ? bits | Long.MIN_VALUE : bits);
  }

  /**
   * The bits of {@code digits * 10^exponent} correctly rounded, or -1 when the answer is not a
   * normal number or cannot be decided here.
   *
   * @param digits unsigned, not zero
   */
  private static long scaled(long digits, int exponent) {
    if (exponent < PowersOfFive.LOWEST || exponent > PowersOfFive.HIGHEST) {
      return -1;
    }
    int shift = Long.numberOfLeadingZeros(digits);
    long normal = digits << shift;
    int row = exponent - PowersOfFive.LOWEST;
    long factor = PowersOfFive.high(row);
    long high = Math.unsignedMultiplyHigh(normal, factor);
    long low = normal * factor;
    if ((high & 0x1FF) == 0x1FF) {
      long carry = Math.unsignedMultiplyHigh(normal, PowersOfFive.low(row));
      low += carry;
      if (Long.compareUnsigned(low, carry) < 0) {
        high++;
      }
      if (low == -1L && (exponent < -27 || exponent > 55)) {
        return -1;
      }
    }
    int top = (int) (high >>> 63);
    int drop = top + 64 - 52 - 3;
    long mantissa = high >>> drop;
    // floor(log2(10^exponent)), exact in this range, and the bias of the exponent field.
    int power = (((152170 + 65536) * exponent) >> 16) + 63 + top - shift + 1023;
    if (power <= 0) {
      return -1;
    }
    boolean mayBeHalfway = exponent >= -4 && exponent <= 23 && low >= 0 && low <= 1;
    if (mayBeHalfway && (mantissa & 3) == 1 && mantissa << drop == high) {
      mantissa &= ~1L;
    }
    mantissa = (mantissa + (mantissa & 1)) >>> 1;
    if (mantissa >= 1L << 53) {
      mantissa = 1L << 52;
      power++;
    }
    if (power >= 0x7FF) {
      return INFINITY_BITS;
    }
    return (mantissa & ((1L << 52) - 1)) | ((long) power << 52);
  }

  private static double parseSlowly(byte[] bytes, int from, int end) {
    return Double.parseDouble(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
  }
}
