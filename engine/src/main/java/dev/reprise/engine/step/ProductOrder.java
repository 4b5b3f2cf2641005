package dev.reprise.engine.step;

import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;

/** The order of least work for a product of several matrices, by dynamic programming. */
final class ProductOrder {
  /** A multiplication of compressed matrices takes about as long as so many of dense ones. */
  private static final double SPARSE_COST = 8;

  /** Bytes of a stored non-zero: a double and the number of its column. */
  private static final double NON_ZERO_BYTES = 12;

  /** Writing a cell of a result costs as much as so many multiplications. */
  private static final double CELL_COST = 4;

  private ProductOrder() {}

  /** The share of cells that are stored, judged by the bytes that the matrix takes. */
  static double density(Value value, Shape shape) {
    if (!(value instanceof MatrixValue matrix) || shape.cells() == 0) {
      return 1;
    }
    double dense =
        (double) shape.cells()
            * (matrix.precision() == Precision.FP32 ? Float.BYTES : Double.BYTES);
    return matrix.bytes() >= dense ? 1 : matrix.bytes() / NON_ZERO_BYTES / shape.cells();
  }

  /**
   * Where to cut each range of leaves.
   *
   * @param facts rows, columns and density of each leaf
   * @return for the range from leaf i to leaf j, at i * leaves + j, the last leaf of its left part
   */
  static int[] leastWork(double[] facts, int leaves) {
    int[] cuts = new int[leaves * leaves];
    double[] work = new double[leaves * leaves];
    double[] density = new double[leaves * leaves];
    for (int i = 0; i < leaves; i++) {
      density[i * leaves + i] = facts[3 * i + 2];
    }
    for (int length = 2; length <= leaves; length++) {
      for (int first = 0; first + length <= leaves; first++) {
        int last = first + length - 1;
        int at = first * leaves + last;
        work[at] = Double.POSITIVE_INFINITY;
        // Of equal orders the one from left to right, which is how products are written.
        for (int cut = last - 1; cut >= first; cut--) {
          int left = first * leaves + cut;
          int right = (cut + 1) * leaves + last;
          double inner = facts[3 * cut + 1];
          double total =
              work[left]
                  + work[right]
                  + work(
                      facts[3 * first], inner, facts[3 * last + 1], density[left], density[right]);
          if (total < work[at]) {
            work[at] = total;
            cuts[at] = cut;
            density[at] = density(density[left], density[right], inner);
          }
        }
      }
    }
    return cuts;
  }

  private static double work(double rows, double inner, double cols, double left, double right) {
    double share = Math.min(1, Math.min(left * SPARSE_COST, 1) * Math.min(right * SPARSE_COST, 1));
    return rows * inner * cols * share + CELL_COST * rows * cols;
  }

  /** Of the product, if non-zeros lie anywhere. */
  private static double density(double left, double right, double inner) {
    double both = left * right;
    return both >= 1 ? 1 : 1 - Math.pow(1 - both, inner);
  }
}
