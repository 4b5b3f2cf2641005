package dev.reprise.runtime.cpu.nn;

/**
 * Sums over cells of arrays in eight partial sums, of every eighth cell each, which do not wait for
 * each other as the additions of one sum do: a quarter of the time. The order of additions follows
 * from the number of cells alone. Stateless.
 */
final class LaneSums {
  private static final int LANES = 8;

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
    for (; i <= to - LANES; i += LANES) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    for (; i < to; i++) {
      a += x[i];
    }
    return together(a, b, c, d, e, f, g, h);
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
    for (; i <= to - LANES; i += LANES) {
      a += square(x[i] - centre);
      b += square(x[i + 1] - centre);
      c += square(x[i + 2] - centre);
      d += square(x[i + 3] - centre);
      e += square(x[i + 4] - centre);
      f += square(x[i + 5] - centre);
      g += square(x[i + 6] - centre);
      h += square(x[i + 7] - centre);
    }
    for (; i < to; i++) {
      a += square(x[i] - centre);
    }
    return together(a, b, c, d, e, f, g, h);
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
    for (; i <= n - LANES; i += LANES) {
      a += (x[atX + i] - centre) * y[atY + i];
      b += (x[atX + i + 1] - centre) * y[atY + i + 1];
      c += (x[atX + i + 2] - centre) * y[atY + i + 2];
      d += (x[atX + i + 3] - centre) * y[atY + i + 3];
      e += (x[atX + i + 4] - centre) * y[atY + i + 4];
      f += (x[atX + i + 5] - centre) * y[atY + i + 5];
      g += (x[atX + i + 6] - centre) * y[atY + i + 6];
      h += (x[atX + i + 7] - centre) * y[atY + i + 7];
    }
    for (; i < n; i++) {
      a += (x[atX + i] - centre) * y[atY + i];
    }
    return together(a, b, c, d, e, f, g, h);
  }

  /**
   * The largest of the cells from {@code from} to before {@code to}, of which there is one at
   * least. Cells that are no numbers may be passed over.
   */
  static double largest(double[] x, int from, int to) {
    double a = x[from];
    double b = a;
    double c = a;
    double d = a;
    int i = from;
    for (; i <= to - 4; i += 4) {
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

  private static double together(
      double a, double b, double c, double d, double e, double f, double g, double h) {
    return ((a + e) + (b + f)) + ((c + g) + (d + h));
  }
}
