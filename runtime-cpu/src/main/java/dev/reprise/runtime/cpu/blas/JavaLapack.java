package dev.reprise.runtime.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.reprise.runtime.ResourceException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** LU and Cholesky in plain Java, column by column: for platforms without OpenBLAS. */
final class JavaLapack implements Lapack {

  private static double[][] columns(int m, int n, MemorySegment a) {
    double[][] columns = new double[n][m];
    for (int j = 0; j < n; j++) {
      MemorySegment.copy(a, JAVA_DOUBLE, (long) j * m * Double.BYTES, columns[j], 0, m);
    }
    return columns;
  }

  private static void store(double[][] columns, MemorySegment a) {
    long offset = 0;
    for (double[] column : columns) {
      MemorySegment.copy(column, 0, a, JAVA_DOUBLE, offset, column.length);
      offset += (long) column.length * Double.BYTES;
    }
  }

  /** y -= factor * x over [from, to). */
  private static void subtract(double factor, double[] x, double[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] -= factor * x[i];
    }
  }

  private static double dot(double[] x, double[] y, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static void swap(double[] column, int i, int j) {
    double kept = column[i];
    column[i] = column[j];
    column[j] = kept;
  }

  @Override
  public int dgetrf(int m, int n, MemorySegment a, MemorySegment pivots) {
    double[][] lu = columns(m, n, a);
    int info = 0;
    for (int j = 0; j < Math.min(m, n); j++) {
      double[] column = lu[j];
      int pivot = j;
      for (int i = j + 1; i < m; i++) {
        if (Math.abs(column[i]) > Math.abs(column[pivot])) {
          pivot = i;
        }
      }
      pivots.setAtIndex(JAVA_INT, j, pivot + 1);
      if (column[pivot] == 0) {
        info = info == 0 ? j + 1 : info;
        continue;
      }
      for (double[] each : lu) {
        swap(each, j, pivot);
      }
      for (int i = j + 1; i < m; i++) {
        column[i] /= column[j];
      }
      for (int c = j + 1; c < n; c++) {
        subtract(lu[c][j], column, lu[c], j + 1, m);
      }
    }
    store(lu, a);
    return info;
  }

  @Override
  public int dgetrsTransposed(
      int n, int columns, MemorySegment factors, MemorySegment pivots, MemorySegment b) {
    double[][] lu = columns(n, n, factors);
    double[][] x = columns(n, columns, b);
    for (double[] y : x) {
      for (int i = 0; i < n; i++) {
        y[i] = (y[i] - dot(lu[i], y, 0, i)) / lu[i][i];
      }
      for (int i = n - 1; i >= 0; i--) {
        y[i] -= dot(lu[i], y, i + 1, n);
      }
      for (int i = n - 1; i >= 0; i--) {
        swap(y, i, pivots.getAtIndex(JAVA_INT, i) - 1);
      }
    }
    store(x, b);
    return 0;
  }

  @Override
  public int dgetri(int n, MemorySegment factors, MemorySegment pivots) {
    double[][] lu = columns(n, n, factors);
    double[][] inverse = new double[n][n];
    for (int j = 0; j < n; j++) {
      if (lu[j][j] == 0) {
        return j + 1;
      }
      double[] y = inverse[j];
      y[j] = 1;
      for (int i = 0; i < n; i++) {
        swap(y, i, pivots.getAtIndex(JAVA_INT, i) - 1);
      }
      for (int i = 0; i < n; i++) {
        subtract(y[i], lu[i], y, i + 1, n);
      }
      for (int i = n - 1; i >= 0; i--) {
        y[i] /= lu[i][i];
        subtract(y[i], lu[i], y, 0, i);
      }
    }
    store(inverse, factors);
    return 0;
  }

  @Override
  public int dpotrf(int n, MemorySegment a) {
    double[][] u = columns(n, n, a);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < j; i++) {
        u[j][i] = (u[j][i] - dot(u[i], u[j], 0, i)) / u[i][i];
      }
      double square = u[j][j] - dot(u[j], u[j], 0, j);
      if (!(square > 0)) {
        return j + 1;
      }
      u[j][j] = Math.sqrt(square);
      Arrays.fill(u[j], j + 1, n, 0);
    }
    store(u, a);
    return 0;
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  private static ResourceException missing() {
    return new ResourceException("this factorisation needs OpenBLAS, which is not available");
  }

  @Override
  public int dsytrd(
      int n, MemorySegment a, MemorySegment diagonal, MemorySegment beside, MemorySegment tau) {
    throw missing();
  }

  @Override
  public int dormtr(
      boolean transpose, int n, int columns, MemorySegment a, MemorySegment tau, MemorySegment c) {
    throw missing();
  }

  @Override
  public int dstedc(int n, MemorySegment diagonal, MemorySegment beside, MemorySegment vectors) {
    throw missing();
  }

  @Override
  public int dgeev(
      int n, MemorySegment a, MemorySegment real, MemorySegment imaginary, MemorySegment vectors) {
    throw missing();
  }

  @Override
  public int dgesdd(
      int m, int n, MemorySegment a, MemorySegment values, MemorySegment u, MemorySegment vt) {
    throw missing();
  }

  @Override
  public int dgeqrf(int m, int n, MemorySegment a, MemorySegment tau) {
    throw missing();
  }
}
