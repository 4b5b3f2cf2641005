package dev.reprise.runtime.cpu.linalg;

import java.util.Arrays;

/**
 * X = U B t(V) with B upper bidiagonal, by Householder reflections from both sides, for a tall X
 * given by its columns.
 *
 * <p>Source: LINPACK's dsvdc (Dongarra, Bunch, Moler, Stewart 1979), first half.
 */
final class Bidiagonal {
  final double[] diagonal;
  final double[] above;

  /** Columns of U, m x n, and of V, n x n. */
  final double[][] u;

  final double[][] v;

  private final double[][] x;
  private final int m;
  private final int n;

  /** Overwrites the columns of {@code x}; each is at least as long as there are columns. */
  Bidiagonal(double[][] x, int m) {
    this.x = x;
    this.m = m;
    this.n = x.length;
    this.diagonal = new double[n];
    this.above = new double[n];
    this.u = new double[n][m];
    this.v = new double[n][n];
    int lefts = Math.min(m - 1, n);
    int rights = Math.max(0, n - 2);
    for (int k = 0; k < Math.max(lefts, rights); k++) {
      reduceColumn(k, k < lefts);
      if (k < rights) {
        reduceRow(k);
      }
    }
    if (lefts < n) {
      diagonal[lefts] = x[lefts][lefts];
    }
    if (rights + 1 < n) {
      above[rights] = x[n - 1][rights];
    }
    above[n - 1] = 0;
    accumulateLeft(lefts);
    accumulateRight(rights);
  }

  private static double norm(double[] cells, int from) {
    double norm = 0;
    for (int i = from; i < cells.length; i++) {
      norm = Math.hypot(norm, cells[i]);
    }
    return norm;
  }

  /** Scales a vector to a reflector; returns what the reflection makes of its first cell. */
  private static double toReflector(double[] cells, int from) {
    double norm = norm(cells, from);
    if (norm == 0) {
      return 0;
    }
    double signed = cells[from] < 0 ? -norm : norm;
    for (int i = from; i < cells.length; i++) {
      cells[i] /= signed;
    }
    cells[from] += 1;
    return -signed;
  }

  private static void reflect(double[] reflector, double[] target, int from) {
    double t = 0;
    for (int i = from; i < reflector.length; i++) {
      t += reflector[i] * target[i];
    }
    t = -t / reflector[from];
    for (int i = from; i < reflector.length; i++) {
      target[i] += t * reflector[i];
    }
  }

  private void reduceColumn(int k, boolean reflected) {
    if (reflected) {
      diagonal[k] = toReflector(x[k], k);
    }
    for (int j = k + 1; j < n; j++) {
      if (reflected && diagonal[k] != 0) {
        reflect(x[k], x[j], k);
      }
      above[j] = x[j][k];
    }
    if (reflected) {
      System.arraycopy(x[k], k, u[k], k, m - k);
    }
  }

  private void reduceRow(int k) {
    above[k] = toReflector(above, k + 1);
    if (k + 1 < m && above[k] != 0) {
      double[] work = new double[m];
      for (int j = k + 1; j < n; j++) {
        for (int i = k + 1; i < m; i++) {
          work[i] += above[j] * x[j][i];
        }
      }
      for (int j = k + 1; j < n; j++) {
        double t = -above[j] / above[k + 1];
        for (int i = k + 1; i < m; i++) {
          x[j][i] += t * work[i];
        }
      }
    }
    System.arraycopy(above, k + 1, v[k], k + 1, n - k - 1);
  }

  private void accumulateLeft(int lefts) {
    for (int k = n - 1; k >= 0; k--) {
      if (k >= lefts || diagonal[k] == 0) {
        Arrays.fill(u[k], 0);
        u[k][k] = 1;
        continue;
      }
      for (int j = k + 1; j < n; j++) {
        reflect(u[k], u[j], k);
      }
      for (int i = k; i < m; i++) {
        u[k][i] = -u[k][i];
      }
      u[k][k] += 1;
    }
  }

  private void accumulateRight(int rights) {
    for (int k = n - 1; k >= 0; k--) {
      if (k < rights && above[k] != 0) {
        for (int j = k + 1; j < n; j++) {
          reflect(v[k], v[j], k + 1);
        }
      }
      Arrays.fill(v[k], 0);
      v[k][k] = 1;
    }
  }
}
