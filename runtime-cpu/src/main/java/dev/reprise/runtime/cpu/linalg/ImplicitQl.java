package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.OperandException;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by the QL method with implicit shifts, and what its
 * rotations do to given rows. With the rows of Q the columns become eigenvectors of Q T t(Q).
 *
 * <p>Source: EISPACK's imtql2 (Dubrulle, Martin, Wilkinson: The Implicit QL Algorithm, 1968), in
 * the arrangement that Apache Commons Math uses; the signs of eigenvectors follow from it, and
 * users who compare results expect those signs.
 */
final class ImplicitQl {
  private static final int MOST_SWEEPS = 30;
  private static final double EPSILON = 0x1p-53;

  private ImplicitQl() {}

  /**
   * Turns the diagonal {@code d} into eigenvalues, in no order, and rotates the columns of {@code
   * rows}.
   *
   * @param d n diagonal cells
   * @param e n cells, of which the first n - 1 stand beside the diagonal; overwritten
   */
  static void run(double[] d, double[] e, double[][] rows) {
    int n = d.length;
    if (n == 0) {
      return;
    }
    e[n - 1] = 0;
    clearNegligible(d, e);
    for (int j = 0; j < n; j++) {
      int sweeps = 0;
      for (int m = end(d, e, j); m != j; m = end(d, e, j)) {
        if (sweeps++ == MOST_SWEEPS) {
          throw new OperandException("'eigen' did not converge");
        }
        sweep(d, e, j, m, rows);
      }
    }
  }

  private static void clearNegligible(double[] d, double[] e) {
    double largest = 0;
    for (int i = 0; i < d.length; i++) {
      largest = Math.max(largest, Math.max(Math.abs(d[i]), Math.abs(e[i])));
    }
    for (int i = 0; i < d.length; i++) {
      if (Math.abs(d[i]) <= EPSILON * largest) {
        d[i] = 0;
      }
      if (Math.abs(e[i]) <= EPSILON * largest) {
        e[i] = 0;
      }
    }
  }

  /** The end of the unreduced block that begins at j. */
  private static int end(double[] d, double[] e, int j) {
    int m = j;
    while (m < d.length - 1) {
      double size = Math.abs(d[m]) + Math.abs(d[m + 1]);
      if (Math.abs(e[m]) + size == size) {
        break;
      }
      m++;
    }
    return m;
  }

  private static void sweep(double[] d, double[] e, int j, int m, double[][] rows) {
    double q = (d[j + 1] - d[j]) / (2 * e[j]);
    double t = Math.sqrt(1 + q * q);
    q = d[m] - d[j] + e[j] / (q < 0 ? q - t : q + t);
    double u = 0;
    double s = 1;
    double c = 1;
    int i;
    for (i = m - 1; i >= j; i--) {
      double p = s * e[i];
      double h = c * e[i];
      if (Math.abs(p) >= Math.abs(q)) {
        c = q / p;
        t = Math.sqrt(c * c + 1);
        e[i + 1] = p * t;
        s = 1 / t;
        c *= s;
      } else {
        s = p / q;
        t = Math.sqrt(s * s + 1);
        e[i + 1] = q * t;
        c = 1 / t;
        s *= c;
      }
      if (e[i + 1] == 0) {
        d[i + 1] -= u;
        e[m] = 0;
        break;
      }
      q = d[i + 1] - u;
      t = (d[i] - q) * s + 2 * c * h;
      u = s * t;
      d[i + 1] = q + u;
      q = c * t - h;
      rotate(rows, i, c, s);
    }
    if (t == 0 && i >= j) {
      return;
    }
    d[j] -= u;
    e[j] = q;
    e[m] = 0;
  }

  private static void rotate(double[][] rows, int i, double c, double s) {
    for (double[] row : rows) {
      double right = row[i + 1];
      row[i + 1] = s * row[i] + c * right;
      row[i] = c * row[i] - s * right;
    }
  }
}
