package dev.reprise.runtime.cpu.code;

/**
 * The natural logarithm, in Java and in machine code: with x = 2^k (1 + f) and 1 + f between half
 * the root of 2 and the root, log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R)) where s = f / (2 + f)
 * and R is a polynomial of s^2. Within one unit in the last place. Source of numbers and order:
 * {@code e_log.c} of Sun's fdlibm 5.3, whose case of k = 0 gives the same bits as the other.
 */
public final class LogarithmSeries {
  // What even powers of s are multiplied with.
  static final double TERM_1 = 6.666666666666735130e-01;
  static final double TERM_2 = 3.999999999940941908e-01;
  static final double TERM_3 = 2.857142874366239149e-01;
  static final double TERM_4 = 2.222219843214978396e-01;
  static final double TERM_5 = 1.818357216161805012e-01;
  static final double TERM_6 = 1.531383769920937332e-01;
  static final double TERM_7 = 1.479819860511658591e-01;

  static final double LN2_HIGH = ExponentialSeries.LN2_HIGH;
  static final double LN2_LOW = ExponentialSeries.LN2_LOW;

  /** Numbers below are not normal; this makes them so. */
  static final double LEAST_NORMAL = Double.MIN_NORMAL;

  static final double TO_NORMAL = 0x1p54;
  static final int TO_NORMAL_EXPONENT = 54;

  static final int EXPONENT_AT = 52;
  static final int EXPONENT_BIAS = 1023;
  static final long FRACTION = (1L << EXPONENT_AT) - 1;

  /** The bits of half the root of 2, cut: from there on numbers have the next exponent. */
  static final long ROOT_OF_HALF = 0x3FE6_A09E_0000_0000L;

  /** Added to a number's bits, gives those from the root of half on the exponent of 1. */
  static final long TO_ONE = 0x3FF0_0000_0000_0000L - ROOT_OF_HALF;

  private LogarithmSeries() {}

  /**
   * The logarithm; of zeros -Infinity, of what is below and of a NaN a NaN. Nowhere further than a
   * unit in the last place from the true value. Any thread.
   */
  public static double log(double x) {
    if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
      return x == 0 ? Double.NEGATIVE_INFINITY : x < 0 ? Double.NaN : x;
    }
    boolean isNormal = x >= LEAST_NORMAL;
    long bits = Double.doubleToRawLongBits(isNormal ? x : x * TO_NORMAL) + TO_ONE;
    int bias = isNormal ? EXPONENT_BIAS : EXPONENT_BIAS + TO_NORMAL_EXPONENT;
    double k = (int) (bits >> EXPONENT_AT) - bias;
    double f = Double.longBitsToDouble((bits & FRACTION) + ROOT_OF_HALF) - 1;
    double s = f / (2 + f);
    double z = s * s;
    double w = z * z;
    double even = w * (TERM_2 + w * (TERM_4 + w * TERM_6));
    double odd = z * (TERM_1 + w * (TERM_3 + w * (TERM_5 + w * TERM_7)));
    double half = 0.5 * (f * f);
    double rest = half - (s * (half + (odd + even)) + k * LN2_LOW);
    return k * LN2_HIGH - (rest - f);
  }

  /** The logarithms of n cells; {@code out} may be x. */
  public static void log(double[] x, double[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = log(x[i]);
    }
  }
}
