package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.linalg.RepeatedFactor;

/**
 * What the steps of an LSTM multiply: rows of some examples, and weights that are the same in every
 * step. BLAS packs the weights anew in each one, which takes longer than to multiply a few rows
 * with them, so code with weights that are packed for all steps does it where there is some. For
 * one thread.
 */
final class LstmProducts {
  private final CellProducts products;
  private final Weights weights;

  /** Null where the machine has no such code. */
  private final RepeatedFactor.Task packed;

  /**
   * The weights of all tasks.
   *
   * @param matrix terms x columns, or its transpose
   * @param packed the same, or null where it is not packed
   */
  record Weights(DenseMatrix matrix, boolean isTransposed, RepeatedFactor packed) {}

  /**
   * @param scratch of the task
   */
  LstmProducts(CellProducts products, Weights weights, Scratch scratch) {
    this.products = products;
    this.weights = weights;
    this.packed = weights.packed == null ? null : weights.packed.new Task(scratch);
  }

  /**
   * Rows of C (+)= A W.
   *
   * @param row the first one of A
   * @param target the first one of C
   */
  void multiply(DenseMatrix a, long row, int count, DenseMatrix c, long target, boolean adds) {
    if (packed != null) {
      packed.multiply(a, row, count, c, target, adds);
      return;
    }
    int k = (int) a.cols();
    int n = (int) c.cols();
    Blas.Block left = new Blas.Block(a.segment(), row * k, k);
    Blas.Block right = new Blas.Block(weights.matrix.segment(), 0, (int) weights.matrix.cols());
    Blas.Block result = new Blas.Block(c.segment(), target * n, n);
    if (adds) {
      products.gemmAdd(false, weights.isTransposed, count, n, k, left, right, result);
    } else {
      products.gemm(false, weights.isTransposed, count, n, k, left, right, result);
    }
  }
}
