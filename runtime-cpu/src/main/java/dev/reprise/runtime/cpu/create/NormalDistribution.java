package dev.reprise.runtime.cpu.create;

/**
 * Standard normal cells by Box and Muller: a block gives u1 and u2, and these the cells r cos t and
 * r sin t with r = sqrt(-2 ln(1 - u1)), t = 2 pi u2.
 *
 * <p>Logarithm, sine and cosine are the polynomials of fdlibm in plain arithmetic, so that every
 * machine computes the same bits; {@code Math.log} may differ between processors.
 */
final class NormalDistribution implements Distribution {
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;

  /** The bits of sqrt(1/2): the mantissa is taken from there to sqrt(2). */
  private static final long MANTISSA_START = 0x3fe6a09e00000000L;

  private final Philox philox;
  private final long[] even = new long[Philox.BATCH];
  private final long[] odd = new long[Philox.BATCH];

  NormalDistribution(long seed) {
    this.philox = new Philox(seed, Philox.NORMAL);
  }

  @Override
  public void fill(long first, double[] cells, int n) {
    int blocks = (n + 1) / 2;
    philox.generate(first / 2, blocks, 0, even, odd);
    for (int i = 0; i < blocks; i++) {
      double radius = Math.sqrt(-2 * log(1 - Philox.uniform(even[i])));
      double turns = 4 * Philox.uniform(odd[i]);
      double nearest = Math.floor(turns + 0.5);
      double angle = (turns - nearest) * (Math.PI / 2);
      double square = angle * angle;
      double sin = sin(angle, square);
      double cos = cos(square);
      int quadrant = (int) nearest & 3;
      boolean swapped = (quadrant & 1) != 0;
      double x = swapped ? sin : cos;
      double y = swapped ? cos : sin;
      cells[2 * i] = radius * (quadrant == 1 || quadrant == 2 ? -x : x);
      if (2 * i + 1 < n) {
        cells[2 * i + 1] = radius * (quadrant >= 2 ? -y : y);
      }
    }
  }

  /** ln x for a normal x above 0. */
  static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    long shifted = bits - MANTISSA_START;
    double exponent = (int) (shifted >> 52);
    double f = Double.longBitsToDouble(bits - (shifted & 0xfffL << 52)) - 1;
    double s = f / (2 + f);
    double z = s * s;
    double series =
        z
            * (6.666666666666735130e-01
                + z
                    * (3.999999999940941908e-01
                        + z
                            * (2.857142874366239149e-01
                                + z
                                    * (2.222219843214978396e-01
                                        + z
                                            * (1.818357216161805012e-01
                                                + z
                                                    * (1.531383769920937332e-01
                                                        + z * 1.479819860511658591e-01))))));
    double half = 0.5 * f * f;
    return exponent * LN2_HIGH - (half - (s * (half + series) + exponent * LN2_LOW) - f);
  }

  /** sin x for |x| up to pi/4. */
  private static double sin(double x, double z) {
    double series =
        8.33333333332248946124e-03
            + z
                * (-1.98412698298579493134e-04
                    + z
                        * (2.75573137070700676789e-06
                            + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    return x + z * x * (-1.66666666666666324348e-01 + z * series);
  }

  /** cos x for |x| up to pi/4, from its square. */
  private static double cos(double z) {
    double series =
        z
            * (4.16666666666666019037e-02
                + z
                    * (-1.38888888888741095749e-03
                        + z
                            * (2.48015872894767294178e-05
                                + z
                                    * (-2.75573143513906633035e-07
                                        + z
                                            * (2.08757232129817482790e-09
                                                + z * -1.13596475577881948265e-11)))));
    return 1 - (0.5 * z - z * series);
  }
}
