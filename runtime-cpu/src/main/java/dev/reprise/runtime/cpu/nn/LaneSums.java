package dev.reprise.runtime.cpu.nn;

/**
 * Sums over cells of arrays in eight partial sums, of every eighth cell each, which do not wait for
 * each other as the additions of one sum do. Of the last up to seven cells the first four go to the
 * first four sums, and so do those after them. The order of additions follows from the number of
 * cells alone, and is that of the sums of {@link RowCode}. Stateless.
 */
final class LaneSums {
  private static final int LANES = 4;
  private static final int PAIR = 2 * LANES;

  private LaneSums() {}

  /** The sum of the cells from {@code from} to before {@code to}. */
  static double sum(double[] x, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i <= to - PAIR; i += PAIR) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    if (i <= to - LANES) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      i += LANES;
    }
    if (i < to) {
      a += x[i];
    }
    if (i + 1 < to) {
      b += x[i + 1];
    }
    if (i + 2 < to) {
      c += x[i + 2];
    }
    return ((a + e) + (c + g)) + ((b + f) + (d + h));
  }

  /** The sum of the squares of the cells less a number. */
  static double squares(double[] x, double centre, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i <= to - PAIR; i += PAIR) {
      a += square(x[i] - centre);
      b += square(x[i + 1] - centre);
      c += square(x[i + 2] - centre);
      d += square(x[i + 3] - centre);
      e += square(x[i + 4] - centre);
      f += square(x[i + 5] - centre);
      g += square(x[i + 6] - centre);
      h += square(x[i + 7] - centre);
    }
    if (i <= to - LANES) {
      a += square(x[i] - centre);
      b += square(x[i + 1] - centre);
      c += square(x[i + 2] - centre);
      d += square(x[i + 3] - centre);
      i += LANES;
    }
    if (i < to) {
      a += square(x[i] - centre);
    }
    if (i + 1 < to) {
      b += square(x[i + 1] - centre);
    }
    if (i + 2 < to) {
      c += square(x[i + 2] - centre);
    }
    return ((a + e) + (c + g)) + ((b + f) + (d + h));
  }

  /**
   * The sum of the products of {@code n} cells of {@code x}, less a number, and of {@code y}.
   *
   * @param atX the first one's index in x
   * @param atY the first one's index in y
   */
  static double products(double[] x, int atX, double centre, double[] y, int atY, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = 0;
    for (; i <= n - PAIR; i += PAIR) {
      a += (x[atX + i] - centre) * y[atY + i];
      b += (x[atX + i + 1] - centre) * y[atY + i + 1];
      c += (x[atX + i + 2] - centre) * y[atY + i + 2];
      d += (x[atX + i + 3] - centre) * y[atY + i + 3];
      e += (x[atX + i + 4] - centre) * y[atY + i + 4];
      f += (x[atX + i + 5] - centre) * y[atY + i + 5];
      g += (x[atX + i + 6] - centre) * y[atY + i + 6];
      h += (x[atX + i + 7] - centre) * y[atY + i + 7];
    }
    if (i <= n - LANES) {
      a += (x[atX + i] - centre) * y[atY + i];
      b += (x[atX + i + 1] - centre) * y[atY + i + 1];
      c += (x[atX + i + 2] - centre) * y[atY + i + 2];
      d += (x[atX + i + 3] - centre) * y[atY + i + 3];
      i += LANES;
    }
    if (i < n) {
      a += (x[atX + i] - centre) * y[atY + i];
    }
    if (i + 1 < n) {
      b += (x[atX + i + 1] - centre) * y[atY + i + 1];
    }
    if (i + 2 < n) {
      c += (x[atX + i + 2] - centre) * y[atY + i + 2];
    }
    return ((a + e) + (c + g)) + ((b + f) + (d + h));
  }

  /**
   * The largest of the cells from {@code from} to before {@code to}; those that are no numbers are
   * passed over.
   */
  static double largest(double[] x, int from, int to) {
    double a = Double.NEGATIVE_INFINITY;
    double b = a;
    double c = a;
    double d = a;
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      a = x[i] > a ? x[i] : a;
      b = x[i + 1] > b ? x[i + 1] : b;
      c = x[i + 2] > c ? x[i + 2] : c;
      d = x[i + 3] > d ? x[i + 3] : d;
    }
    for (; i < to; i++) {
      a = x[i] > a ? x[i] : a;
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  private static double square(double x) {
    return x * x;
  }
}
