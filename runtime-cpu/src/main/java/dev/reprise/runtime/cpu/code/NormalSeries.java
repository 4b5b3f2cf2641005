package dev.reprise.runtime.cpu.code;

/**
 * Numbers that normal random numbers are computed with, in Java and in machine code: the
 * polynomials of {@link LogarithmSeries} and {@link AngleSeries}, added up one term after the
 * other.
 */
public final class NormalSeries {
  /** ln 2 in two parts; small multiples of the first are exact. */
  public static final double LN2_HIGH = ExponentialSeries.LN2_HIGH;

  public static final double LN2_LOW = ExponentialSeries.LN2_LOW;

  /** The bits of sqrt(1/2): the mantissa is taken from there to sqrt(2). */
  public static final long MANTISSA_START = LogarithmSeries.ROOT_OF_HALF;

  public static final double QUARTER_TURN = Math.PI / 2;

  // Of the logarithm, by powers of s^2 from the first on. Constants, so that the JVM's compiler
  // knows them.
  public static final double LOG_1 = LogarithmSeries.TERM_1;
  public static final double LOG_2 = LogarithmSeries.TERM_2;
  public static final double LOG_3 = LogarithmSeries.TERM_3;
  public static final double LOG_4 = LogarithmSeries.TERM_4;
  public static final double LOG_5 = LogarithmSeries.TERM_5;
  public static final double LOG_6 = LogarithmSeries.TERM_6;
  public static final double LOG_7 = LogarithmSeries.TERM_7;

  // Of the sine, by odd powers from the third on.
  public static final double SIN_3 = AngleSeries.SINE_3;
  public static final double SIN_5 = AngleSeries.SINE_5;
  public static final double SIN_7 = AngleSeries.SINE_7;
  public static final double SIN_9 = AngleSeries.SINE_9;
  public static final double SIN_11 = AngleSeries.SINE_11;
  public static final double SIN_13 = AngleSeries.SINE_13;

  // Of the cosine, by even powers from the fourth on.
  public static final double COS_4 = AngleSeries.COSINE_4;
  public static final double COS_6 = AngleSeries.COSINE_6;
  public static final double COS_8 = AngleSeries.COSINE_8;
  public static final double COS_10 = AngleSeries.COSINE_10;
  public static final double COS_12 = AngleSeries.COSINE_12;
  public static final double COS_14 = AngleSeries.COSINE_14;

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
