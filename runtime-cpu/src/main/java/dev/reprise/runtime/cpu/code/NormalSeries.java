package dev.reprise.runtime.cpu.code;

/**
 * Numbers that normal random numbers are computed with, in Java and in machine code: the
 * polynomials of fdlibm for the logarithm, the sine and the cosine.
 */
public final class NormalSeries {
  /** ln 2 in two parts; small multiples of the first are exact. */
  public static final double LN2_HIGH = ExponentialSeries.LN2_HIGH;

  public static final double LN2_LOW = ExponentialSeries.LN2_LOW;

  /** The bits of sqrt(1/2): the mantissa is taken from there to sqrt(2). */
  public static final long MANTISSA_START = 0x3fe6a09e00000000L;

  public static final double QUARTER_TURN = Math.PI / 2;

  // Of the logarithm, by powers of s^2 from the first on. Constants, so that the JVM's compiler
  // knows them.
  public static final double LOG_1 = 6.666666666666735130e-01;
  public static final double LOG_2 = 3.999999999940941908e-01;
  public static final double LOG_3 = 2.857142874366239149e-01;
  public static final double LOG_4 = 2.222219843214978396e-01;
  public static final double LOG_5 = 1.818357216161805012e-01;
  public static final double LOG_6 = 1.531383769920937332e-01;
  public static final double LOG_7 = 1.479819860511658591e-01;

  // Of the sine, by odd powers from the third on.
  public static final double SIN_3 = -1.66666666666666324348e-01;
  public static final double SIN_5 = 8.33333333332248946124e-03;
  public static final double SIN_7 = -1.98412698298579493134e-04;
  public static final double SIN_9 = 2.75573137070700676789e-06;
  public static final double SIN_11 = -2.50507602534068634195e-08;
  public static final double SIN_13 = 1.58969099521155010221e-10;

  // Of the cosine, by even powers from the fourth on.
  public static final double COS_4 = 4.16666666666666019037e-02;
  public static final double COS_6 = -1.38888888888741095749e-03;
  public static final double COS_8 = 2.48015872894767294178e-05;
  public static final double COS_10 = -2.75573143513906633035e-07;
  public static final double COS_12 = 2.08757232129817482790e-09;
  public static final double COS_14 = -1.13596475577881948265e-11;

  private NormalSeries() {}

  static double[] logTerms() {
    return new double[] {LOG_1, LOG_2, LOG_3, LOG_4, LOG_5, LOG_6, LOG_7};
  }

  static double[] sinTerms() {
    return new double[] {SIN_3, SIN_5, SIN_7, SIN_9, SIN_11, SIN_13};
  }

  static double[] cosTerms() {
    return new double[] {COS_4, COS_6, COS_8, COS_10, COS_12, COS_14};
  }
}
