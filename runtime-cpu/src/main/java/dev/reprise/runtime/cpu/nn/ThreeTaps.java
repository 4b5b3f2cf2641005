package dev.reprise.runtime.cpu.nn;

/** F(2, 3), from the points 0, 1, -1 and infinity. */
final class ThreeTaps implements MinimalFilter {
  static final ThreeTaps INSTANCE = new ThreeTaps();

  private ThreeTaps() {}

  @Override
  public int taps() {
    return 3;
  }

  @Override
  public boolean suitsFloats() {
    return true;
  }

  @Override
  public double scale() {
    return 2;
  }

  @Override
  public void spread(double[][] x, double[][] y, int n) {
    subtract(x[0], x[2], y[0], n);
    add(x[1], x[2], y[1], n);
    subtract(x[2], x[1], y[2], n);
    subtract(x[1], x[3], y[3], n);
  }

  @Override
  public void spreadFilter(double[][] g, double[][] u, int n) {
    twice(g[0], u[0], n);
    sums(g[0], g[1], g[2], u[1], u[2], n);
    twice(g[2], u[3], n);
  }

  @Override
  public void collect(double[][] m, double[][] y, int n) {
    add(m[0], m[1], m[2], y[0], n);
    less(m[1], m[2], m[3], y[1], n);
  }

  @Override
  public void spreadOutputs(double[][] y, double[][] d, int n) {
    System.arraycopy(y[0], 0, d[0], 0, n);
    add(y[0], y[1], d[1], n);
    subtract(y[0], y[1], d[2], n);
    negate(y[1], d[3], n);
  }

  @Override
  public void collectFilter(double[][] p, double[][] g, int n) {
    first(p[0], p[1], p[2], g[0], n);
    subtract(p[1], p[2], g[1], n);
    first(p[3], p[1], p[2], g[2], n);
  }

  private static void add(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + b[i];
    }
  }

  private static void subtract(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] - b[i];
    }
  }

  private static void negate(double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -a[i];
    }
  }

  private static void twice(double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 2 * a[i];
    }
  }

  private static void add(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + (b[i] + c[i]);
    }
  }

  private static void less(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (a[i] - b[i]) - c[i];
    }
  }

  private static void first(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 2 * a[i] + (b[i] + c[i]);
    }
  }

  /** (a + c) + b and (a + c) - b. */
  private static void sums(double[] a, double[] b, double[] c, double[] y, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double even = a[i] + c[i];
      double odd = b[i];
      y[i] = even + odd;
      z[i] = even - odd;
    }
  }
}
