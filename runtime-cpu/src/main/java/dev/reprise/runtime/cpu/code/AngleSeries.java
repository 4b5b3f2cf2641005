package dev.reprise.runtime.cpu.code;

/**
 * Sine and cosine, in Java and in machine code: x less the nearest multiple of half of pi, as a sum
 * of two doubles, of which the sine or cosine is a polynomial. Within one unit in the last place.
 * Source of the polynomials and of half of pi in parts: {@code k_sin.c}, {@code k_cos.c} and {@code
 * e_rem_pio2.c} of Sun's fdlibm 5.3; here all of the parts are subtracted, always.
 */
public final class AngleSeries {
  static final double PER_HALF_PI = 6.36619772367581382433e-01;

  /**
   * Half of pi is the sum of these, the first three of 33 bits each, so that multiples of them of
   * {@link #LARGEST} numbers are exact.
   */
  static final double FIRST_PART = 1.57079632673412561417e+00;

  static final double SECOND_PART = 6.07710050630396597660e-11;
  static final double THIRD_PART = 2.02226624871116645580e-21;
  static final double REST = 8.47842766036889956997e-32;

  /** Larger angles are left to {@code Math}: about 2^19 times half of pi. */
  static final double LARGEST = 800_000;

  // Of odd powers, from the third on.
  static final double SINE_3 = -1.66666666666666324348e-01;
  static final double SINE_5 = 8.33333333332248946124e-03;
  static final double SINE_7 = -1.98412698298579493134e-04;
  static final double SINE_9 = 2.75573137070700676789e-06;
  static final double SINE_11 = -2.50507602534068634195e-08;
  static final double SINE_13 = 1.58969099521155010221e-10;

  // Of even powers, from the fourth on.
  static final double COSINE_4 = 4.16666666666666019037e-02;
  static final double COSINE_6 = -1.38888888888741095749e-03;
  static final double COSINE_8 = 2.48015872894767294178e-05;
  static final double COSINE_10 = -2.75573143513906633035e-07;
  static final double COSINE_12 = 2.08757232129817482790e-09;
  static final double COSINE_14 = -1.13596475577881948265e-11;

  private AngleSeries() {}

  /** The sine; of a zero it is that zero, of what is not finite a NaN. Any thread. */
  public static double sin(double x) {
    if (!(Math.abs(x) <= LARGEST)) {
      return Math.sin(x);
    }
    return x == 0 ? x : ofQuadrant(x, 0);
  }

  /** The cosine; of what is not finite a NaN. Any thread. */
  public static double cos(double x) {
    return Math.abs(x) <= LARGEST ? ofQuadrant(x, 1) : Math.cos(x);
  }

  /** The sine of x and so many right angles. */
  private static double ofQuadrant(double x, int quarters) {
    double n = Math.rint(x * PER_HALF_PI);
    double first = x - n * FIRST_PART;
    double second = first - n * SECOND_PART;
    double lost = lost(first, n * SECOND_PART, second);
    double third = second - n * THIRD_PART;
    double rest = lost + lost(second, n * THIRD_PART, third) - n * REST;
    double angle = third + rest;
    rest = third - angle + rest;
    int quadrant = (int) n + quarters;
    double result = quadrant % 2 == 0 ? sine(angle, rest) : cosine(angle, rest);
    return (quadrant & 2) == 0 ? result : -result;
  }

  /** What rounding has taken from one - other (Knuth's TwoDiff). */
  private static double lost(double one, double other, double difference) {
    double taken = one - difference;
    return one - (difference + taken) + (taken - other);
  }

  /** Of an angle up to a quarter of pi, and what is left of it. */
  private static double sine(double x, double rest) {
    double z = x * x;
    double cube = z * x;
    double r = SINE_5 + z * (SINE_7 + z * (SINE_9 + z * (SINE_11 + z * SINE_13)));
    return x - (z * (0.5 * rest - cube * r) - rest - cube * SINE_3);
  }

  private static double cosine(double x, double rest) {
    double z = x * x;
    double high = COSINE_10 + z * (COSINE_12 + z * COSINE_14);
    double r = z * (COSINE_4 + z * (COSINE_6 + z * (COSINE_8 + z * high)));
    double half = 0.5 * z;
    double most = 1 - half;
    return most + (1 - most - half + (z * r - x * rest));
  }
}
