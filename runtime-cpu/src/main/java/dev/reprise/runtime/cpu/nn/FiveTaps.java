package dev.reprise.runtime.cpu.nn;

/** F(2, 5), from the points 0, 1, -1, 2, -2 and infinity. */
final class FiveTaps implements MinimalFilter {
  static final FiveTaps INSTANCE = new FiveTaps();

  private FiveTaps() {}

  @Override
  public int taps() {
    return 5;
  }

  /** Of normal random numbers its results deviate by up to 8e-6 of the largest, sums by 5e-7. */
  @Override
  public boolean suitsFloats() {
    return false;
  }

  @Override
  public double scale() {
    return 24;
  }

  @Override
  public void spread(double[][] x, double[][] y, int n) {
    ends(x[0], x[2], x[4], y[0], n);
    ones(x[1], x[2], x[3], x[4], y[1], y[2], n);
    twos(x[1], x[2], x[3], x[4], y[3], y[4], n);
    ends(x[1], x[3], x[5], y[5], n);
  }

  @Override
  public void spreadFilter(double[][] g, double[][] u, int n) {
    times(6, g[0], u[0], n);
    filterOnes(g[0], g[1], g[2], g[3], g[4], u[1], u[2], n);
    filterTwos(g[0], g[1], g[2], g[3], g[4], u[3], u[4], n);
    times(24, g[4], u[5], n);
  }

  @Override
  public void collect(double[][] m, double[][] y, int n) {
    evens(m[0], m[1], m[2], m[3], m[4], y[0], n);
    odds(m[1], m[2], m[3], m[4], m[5], y[1], n);
  }

  @Override
  public void spreadOutputs(double[][] y, double[][] d, int n) {
    System.arraycopy(y[0], 0, d[0], 0, n);
    sums(1, y[0], y[1], d[1], d[2], n);
    sums(2, y[0], y[1], d[3], d[4], n);
    System.arraycopy(y[1], 0, d[5], 0, n);
  }

  @Override
  public void collectFilter(double[][] p, double[][] g, int n) {
    gradient(6, p[0], -4, p[1], p[2], 1, p[3], p[4], g[0], n);
    oddGradient(-4, p[1], p[2], 2, p[3], p[4], g[1], n);
    gradient(0, p[0], -4, p[1], p[2], 4, p[3], p[4], g[2], n);
    oddGradient(-4, p[1], p[2], 8, p[3], p[4], g[3], n);
    gradient(24, p[5], -4, p[1], p[2], 16, p[3], p[4], g[4], n);
  }

  private static void times(double factor, double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = factor * a[i];
    }
  }

  private static void ends(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 4 * a[i] - 5 * b[i] + c[i];
    }
  }

  private static void ones(
      double[] a, double[] b, double[] c, double[] d, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double even = d[i] - 4 * b[i];
      double odd = c[i] - 4 * a[i];
      y[i] = even + odd;
      z[i] = even - odd;
    }
  }

  private static void twos(
      double[] a, double[] b, double[] c, double[] d, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double even = d[i] - b[i];
      double odd = 2 * (c[i] - a[i]);
      y[i] = even + odd;
      z[i] = even - odd;
    }
  }

  private static void evens(
      double[] a, double[] b, double[] c, double[] d, double[] e, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + (b[i] + c[i]) + (d[i] + e[i]);
    }
  }

  private static void odds(
      double[] b, double[] c, double[] d, double[] e, double[] f, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (b[i] - c[i]) + 2 * (d[i] - e[i]) + f[i];
    }
  }

  /** a + factor b and a - factor b. */
  private static void sums(double factor, double[] a, double[] b, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double base = a[i];
      double other = factor * b[i];
      y[i] = base + other;
      z[i] = base - other;
    }
  }

  private static void filterOnes(
      double[] a, double[] b, double[] c, double[] d, double[] e, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double even = -4 * (a[i] + c[i] + e[i]);
      double odd = -4 * (b[i] + d[i]);
      y[i] = even + odd;
      z[i] = even - odd;
    }
  }

  private static void filterTwos(
      double[] a, double[] b, double[] c, double[] d, double[] e, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double even = a[i] + 4 * c[i] + 16 * e[i];
      double odd = 2 * b[i] + 8 * d[i];
      y[i] = even + odd;
      z[i] = even - odd;
    }
  }

  private static void gradient(
      double end,
      double[] a,
      double ones,
      double[] b,
      double[] c,
      double twos,
      double[] d,
      double[] e,
      double[] y,
      int n) {
    for (int i = 0; i < n; i++) {
      y[i] = end * a[i] + ones * (b[i] + c[i]) + twos * (d[i] + e[i]);
    }
  }

  private static void oddGradient(
      double ones, double[] b, double[] c, double twos, double[] d, double[] e, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = ones * (b[i] - c[i]) + twos * (d[i] - e[i]);
    }
  }
}
