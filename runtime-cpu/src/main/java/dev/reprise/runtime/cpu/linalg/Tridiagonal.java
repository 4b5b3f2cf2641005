package dev.reprise.runtime.cpu.linalg;

import java.util.Arrays;

/**
 * A = Q T t(Q) for a symmetric A by Householder reflections, in Java: for small matrices, and where
 * LAPACK is not there.
 *
 * <p>Each reflection makes the cell beside the diagonal negative when the one it replaces was
 * positive, also in the last column, where LAPACK reflects nothing.
 */
final class Tridiagonal {
  final double[] diagonal;
  final double[] beside;
  final double[][] q;

  /** Overwrites {@code a}, of which only the upper triangle is read. */
  Tridiagonal(double[][] a) {
    int n = a.length;
    diagonal = new double[n];
    beside = new double[n];
    double[] scales = new double[n];
    double[] z = new double[n];
    for (int k = 0; k < n - 1; k++) {
      double[] v = a[k];
      diagonal[k] = v[k];
      double square = 0;
      for (int j = k + 1; j < n; j++) {
        square += v[j] * v[j];
      }
      double norm = v[k + 1] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
      beside[k] = norm;
      if (norm != 0) {
        v[k + 1] -= norm;
        scales[k] = -1 / (norm * v[k + 1]);
        reflect(a, v, k + 1, scales[k], z);
      }
    }
    if (n > 0) {
      diagonal[n - 1] = a[n - 1][n - 1];
    }
    q = accumulate(a, scales);
  }

  /** A := H A H on the rows and columns from {@code first}, H = I - scale v t(v). */
  private static void reflect(double[][] a, double[] v, int first, double scale, double[] z) {
    int n = a.length;
    Arrays.fill(z, first, n, 0);
    for (int i = first; i < n; i++) {
      double[] row = a[i];
      double sum = row[i] * v[i];
      for (int j = i + 1; j < n; j++) {
        sum += row[j] * v[j];
        z[j] += row[j] * v[i];
      }
      z[i] = scale * (z[i] + sum);
    }
    double gamma = 0;
    for (int i = first; i < n; i++) {
      gamma += z[i] * v[i];
    }
    gamma *= scale / 2;
    for (int i = first; i < n; i++) {
      z[i] -= gamma * v[i];
    }
    for (int i = first; i < n; i++) {
      double[] row = a[i];
      for (int j = i; j < n; j++) {
        row[j] -= v[i] * z[j] + z[i] * v[j];
      }
    }
  }

  /** H0 H1 ... applied to the identity, last one first, so that only the lower right changes. */
  private static double[][] accumulate(double[][] a, double[] scales) {
    int n = a.length;
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      q[i][i] = 1;
    }
    double[] sums = new double[n];
    for (int k = n - 2; k >= 0; k--) {
      if (scales[k] == 0) {
        continue;
      }
      double[] v = a[k];
      Arrays.fill(sums, k + 1, n, 0);
      for (int i = k + 1; i < n; i++) {
        for (int j = k + 1; j < n; j++) {
          sums[j] += v[i] * q[i][j];
        }
      }
      for (int i = k + 1; i < n; i++) {
        double factor = scales[k] * v[i];
        for (int j = k + 1; j < n; j++) {
          q[i][j] -= factor * sums[j];
        }
      }
    }
    return q;
  }
}
