package dev.reprise.runtime;

/**
 * Turns a decimal number of up to 19 significant digits into the nearest double: exact double
 * arithmetic where it suffices (Clinger, PLDI 1990), else one or two 64-bit products with a power
 * of five (Lemire, "Number Parsing at a Gigabyte per Second", 2021). Some 10 ns a number, where
 * {@link Double#parseDouble} takes a multiple for numbers of 17 digits.
 */
public final class Decimal {
  /** Digits that always fit into the unsigned 64 bits that {@link #nearest} takes. */
  public static final int MOST_DIGITS = 19;

  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final long INFINITY_BITS = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

  private Decimal() {}

  /**
   * The double nearest to {@code digits * 10^exponent}.
   *
   * @param digits unsigned
   * @param exponent of ten
   * @return ties to even; NaN when that is no normal number or cannot be decided here: {@link
   *     Double#parseDouble} decides then
   */
  public static double nearest(long digits, int exponent) {
    if (digits >>> 53 == 0 && exponent >= -22 && exponent <= 22) {
      return exponent < 0 ? digits / TENS[-exponent] : digits * TENS[exponent];
    }
    if (digits == 0) {
      return 0;
    }
    long bits = scaled(digits, exponent);
    return bits < 0 ? Double.NaN : Double.longBitsToDouble(bits);
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
}
