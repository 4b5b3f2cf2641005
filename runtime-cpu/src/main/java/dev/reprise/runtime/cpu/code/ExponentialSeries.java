package dev.reprise.runtime.cpu.code;

/**
 * Numbers that e^x is computed with, in Java and in machine code: 2^k e^r with k = rint(x / ln 2)
 * and |r| at most ln 2 / 2, where e^r - 1 is its Taylor polynomial of degree 13, which is exact to
 * 2^-60 there.
 */
public final class ExponentialSeries {
  public static final double PER_LN2 = 1.4426950408889634;

  /** ln 2 in two parts; multiples of the first up to 2^20 are exact. */
  public static final double LN2_HIGH = 6.93147180369123816490e-01;

  public static final double LN2_LOW = 1.90821492927058770002e-10;

  /** Beyond this 2^k may not be a normal number. */
  public static final double LARGEST = 700;

  /** The hyperbolic tangent is 1 from here on. */
  public static final double TANH_SATURATED = 22;

  // What powers of r are multiplied with: 1 / n!. Constants, so that the JVM's compiler knows them.
  public static final double TERM_2 = 1 / 2.0;
  public static final double TERM_3 = 1 / 6.0;
  public static final double TERM_4 = 1 / 24.0;
  public static final double TERM_5 = 1 / 120.0;
  public static final double TERM_6 = 1 / 720.0;
  public static final double TERM_7 = 1 / 5040.0;
  public static final double TERM_8 = 1 / 40320.0;
  public static final double TERM_9 = 1 / 362880.0;
  public static final double TERM_10 = 1 / 3628800.0;
  public static final double TERM_11 = 1 / 39916800.0;
  public static final double TERM_12 = 1 / 479001600.0;
  public static final double TERM_13 = 1 / 6227020800.0;

  private ExponentialSeries() {}

  /** Those of the second power and of all higher ones. */
  static double[] terms() {
    return new double[] {
      TERM_2, TERM_3, TERM_4, TERM_5, TERM_6, TERM_7, TERM_8, TERM_9, TERM_10, TERM_11, TERM_12,
      TERM_13
    };
  }
}
