package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * The upper triangle, with the diagonal, of {@code C = alpha * t(A) %*% A + beta * C}. Cells below
 * the diagonal stay as they are; with beta 0 the others are not read.
 *
 * @param precision of all cells
 * @param n columns of A, rows and columns of C
 * @param k rows of A
 * @param c not transposed
 */
public record SelfProduct(
    Precision precision,
    long n,
    long k,
    double alpha,
    StoredMatrix a,
    double beta,
    StoredMatrix c) {

  /** The same of matrices in other buffers. */
  SelfProduct in(DeviceBuffer ofA, DeviceBuffer ofC) {
    return new SelfProduct(precision, n, k, alpha, a.in(ofA), beta, c.in(ofC));
  }
}
