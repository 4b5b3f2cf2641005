package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.OperandException;

/**
 * Singular values and vectors of a bidiagonal matrix by implicit QR steps, in Java: for small
 * matrices, and where LAPACK is not there. Values come out descending, and never negative.
 *
 * <p>Source: LINPACK's dsvdc, second half, in the arrangement of JAMA and Apache Commons Math; the
 * signs of singular vectors follow from it, and users who compare results expect those signs.
 */
final class GolubKahan {
  private static final int MOST_STEPS = 75;
  private static final double EPSILON = 0x1p-52;
  private static final double TINY = 0x1p-966;

  private final double[] s;
  private final double[] e;
  private final double[][] u;
  private final double[][] v;
  private final int m;

  /** Cells from here on are finished. */
  private int p;

  private GolubKahan(Bidiagonal b, int m) {
    this.s = b.diagonal;
    this.e = b.above;
    this.u = b.u;
    this.v = b.v;
    this.m = m;
    this.p = s.length;
  }

  /** Turns the diagonal into singular values, and U and V into singular vectors. */
  static void run(Bidiagonal b, int m) {
    new GolubKahan(b, m).iterate();
  }

  private void iterate() {
    int steps = 0;
    while (p > 0) {
      int k = p - 2;
      while (k >= 0 && !isNegligibleAbove(k)) {
        k--;
      }
      if (k == p - 2) {
        settle(k + 1);
        p--;
        steps = 0;
        continue;
      }
      int zero = p - 1;
      while (zero > k && !isNegligibleDiagonal(zero, k)) {
        zero--;
      }
      if (zero == k) {
        if (steps++ == MOST_STEPS) {
          throw new OperandException("'svd' did not converge");
        }
        step(k + 1);
      } else if (zero == p - 1) {
        deflateLast(k + 1);
      } else {
        split(zero + 1);
      }
    }
  }

  private boolean isNegligibleAbove(int k) {
    boolean negligible = Math.abs(e[k]) <= TINY + EPSILON * (Math.abs(s[k]) + Math.abs(s[k + 1]));
    if (negligible) {
      e[k] = 0;
    }
    return negligible;
  }

  private boolean isNegligibleDiagonal(int at, int k) {
    double beside = Math.abs(e[at]) + (at != k + 1 ? Math.abs(e[at - 1]) : 0);
    boolean negligible = Math.abs(s[at]) <= TINY + EPSILON * beside;
    if (negligible) {
      s[at] = 0;
    }
    return negligible;
  }

  private static void rotate(double[] x, double[] y, double c, double d) {
    for (int i = 0; i < x.length; i++) {
      double t = c * x[i] + d * y[i];
      y[i] = -d * x[i] + c * y[i];
      x[i] = t;
    }
  }

  /** The last value is zero: its column is rotated away. */
  private void deflateLast(int k) {
    double f = e[p - 2];
    e[p - 2] = 0;
    for (int j = p - 2; j >= k; j--) {
      double t = Math.hypot(s[j], f);
      double c = s[j] / t;
      double d = f / t;
      s[j] = t;
      if (j != k) {
        f = -d * e[j - 1];
        e[j - 1] = c * e[j - 1];
      }
      rotate(v[j], v[p - 1], c, d);
    }
  }

  /** A value in the middle is zero: the matrix falls into two there. */
  private void split(int k) {
    double f = e[k - 1];
    e[k - 1] = 0;
    for (int j = k; j < p; j++) {
      double t = Math.hypot(s[j], f);
      double c = s[j] / t;
      double d = f / t;
      s[j] = t;
      f = -d * e[j];
      e[j] = c * e[j];
      rotate(u[j], u[k - 1], c, d);
    }
  }

  /** One QR step on the cells from k to p - 1. */
  private void step(int k) {
    double scale = Math.max(Math.max(Math.abs(s[p - 1]), Math.abs(s[p - 2])), Math.abs(e[p - 2]));
    scale = Math.max(Math.max(scale, Math.abs(s[k])), Math.abs(e[k]));
    double last = s[p - 1] / scale;
    double before = s[p - 2] / scale;
    double between = e[p - 2] / scale;
    double first = s[k] / scale;
    double b = ((before + last) * (before - last) + between * between) / 2;
    double q = last * between * (last * between);
    double shift = 0;
    if (b != 0 || q != 0) {
      shift = Math.sqrt(b * b + q);
      shift = q / (b + (b < 0 ? -shift : shift));
    }
    double f = (first + last) * (first - last) + shift;
    double g = first * (e[k] / scale);
    for (int j = k; j < p - 1; j++) {
      double t = Math.hypot(f, g);
      double c = f / t;
      double d = g / t;
      if (j != k) {
        e[j - 1] = t;
      }
      f = c * s[j] + d * e[j];
      e[j] = c * e[j] - d * s[j];
      g = d * s[j + 1];
      s[j + 1] = c * s[j + 1];
      rotate(v[j], v[j + 1], c, d);
      t = Math.hypot(f, g);
      c = f / t;
      d = g / t;
      s[j] = t;
      f = c * e[j] + d * s[j + 1];
      s[j + 1] = -d * e[j] + c * s[j + 1];
      g = d * e[j + 1];
      e[j + 1] = c * e[j + 1];
      if (j < m - 1) {
        rotate(u[j], u[j + 1], c, d);
      }
    }
    e[p - 2] = f;
  }

  /** Value k stands: made positive and moved to its place among those already finished. */
  private void settle(int k) {
    if (s[k] <= 0) {
      s[k] = s[k] < 0 ? -s[k] : 0;
      for (int i = 0; i < v[k].length; i++) {
        v[k][i] = -v[k][i];
      }
    }
    for (int i = k; i < s.length - 1 && s[i] < s[i + 1]; i++) {
      double value = s[i];
      s[i] = s[i + 1];
      s[i + 1] = value;
      swap(u, i);
      swap(v, i);
    }
  }

  private static void swap(double[][] columns, int i) {
    double[] column = columns[i];
    columns[i] = columns[i + 1];
    columns[i + 1] = column;
  }
}
