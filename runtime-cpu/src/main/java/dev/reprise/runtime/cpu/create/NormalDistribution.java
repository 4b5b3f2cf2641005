package dev.reprise.runtime.cpu.create;

import static dev.reprise.runtime.cpu.code.NormalSeries.COS_10;
import static dev.reprise.runtime.cpu.code.NormalSeries.COS_12;
import static dev.reprise.runtime.cpu.code.NormalSeries.COS_14;
import static dev.reprise.runtime.cpu.code.NormalSeries.COS_4;
import static dev.reprise.runtime.cpu.code.NormalSeries.COS_6;
import static dev.reprise.runtime.cpu.code.NormalSeries.COS_8;
import static dev.reprise.runtime.cpu.code.NormalSeries.LN2_HIGH;
import static dev.reprise.runtime.cpu.code.NormalSeries.LN2_LOW;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_1;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_2;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_3;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_4;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_5;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_6;
import static dev.reprise.runtime.cpu.code.NormalSeries.LOG_7;
import static dev.reprise.runtime.cpu.code.NormalSeries.MANTISSA_START;
import static dev.reprise.runtime.cpu.code.NormalSeries.QUARTER_TURN;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_11;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_13;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_3;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_5;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_7;
import static dev.reprise.runtime.cpu.code.NormalSeries.SIN_9;

/**
 * Standard normal cells by Box and Muller: a block gives u1 and u2, and these the cells r cos t and
 * r sin t with r = sqrt(-2 ln(1 - u1)), t = 2 pi u2.
 *
 * <p>Logarithm, sine and cosine are the polynomials of fdlibm in plain arithmetic, so that every
 * machine computes the same bits; {@code Math.log} may differ between processors.
 */
final class NormalDistribution implements Distribution {
  private final Philox philox;
  private final long[] even;
  private final long[] odd;

  /**
   * @param most cells of one {@link #fill}
   */
  NormalDistribution(long seed, int most) {
    int blocks = Distribution.blocks(most);
    this.philox = new Philox(seed, Philox.NORMAL, blocks);
    this.even = new long[blocks];
    this.odd = new long[blocks];
  }

  @Override
  public void fill(long first, double[] cells, int n) {
    int blocks = Distribution.blocks(n);
    philox.generate(first / 2, blocks, 0, even, odd);
    for (int i = 0; i < blocks; i++) {
      double radius = Math.sqrt(-2 * log(1 - Philox.uniform(even[i])));
      double turns = 4 * Philox.uniform(odd[i]);
      double nearest = Math.floor(turns + 0.5);
      double angle = (turns - nearest) * QUARTER_TURN;
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
            * (LOG_1
                + z * (LOG_2 + z * (LOG_3 + z * (LOG_4 + z * (LOG_5 + z * (LOG_6 + z * LOG_7))))));
    double half = 0.5 * f * f;
    return exponent * LN2_HIGH - (half - (s * (half + series) + exponent * LN2_LOW) - f);
  }

  /** sin x for |x| up to pi/4. */
  private static double sin(double x, double z) {
    double series = SIN_5 + z * (SIN_7 + z * (SIN_9 + z * (SIN_11 + z * SIN_13)));
    return x + z * x * (SIN_3 + z * series);
  }

  /** cos x for |x| up to pi/4, from its square. */
  private static double cos(double z) {
    double series =
        z * (COS_4 + z * (COS_6 + z * (COS_8 + z * (COS_10 + z * (COS_12 + z * COS_14)))));
    return 1 - (0.5 * z - z * series);
  }
}
