package dev.reprise.testkit;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import java.util.random.RandomGenerator;

/** Matrices for tests, made from and turned into arrays. */
public final class Matrices {
  private Matrices() {}

  /** A matrix of these rows, which must be equally long; none give a 0x0 matrix. */
  public static DenseMatrix of(Allocator allocator, double[]... rows) {
    long cols = rows.length == 0 ? 0 : rows[0].length;
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows.length, cols);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < cols; j++) {
        matrix.set(i, j, rows[i][j]);
      }
    }
    return matrix;
  }

  /** A matrix of normally distributed cells. */
  public static DenseMatrix random(
      Allocator allocator, RandomGenerator random, long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, random.nextGaussian());
      }
    }
    return matrix;
  }

  /** The cells by rows. */
  public static double[][] toArray(DenseMatrix matrix) {
    double[][] rows = new double[(int) matrix.rows()][(int) matrix.cols()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = matrix.get(i, j);
      }
    }
    return rows;
  }
}
