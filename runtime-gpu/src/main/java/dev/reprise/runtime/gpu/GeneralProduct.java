package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * {@code C = alpha * A %*% B + beta * C}. With beta 0 the cells of C are not read.
 *
 * @param precision of all cells
 * @param products anything but {@code FULL} for fp32 matrices whose operands have cells of so few
 *     bits that units for tensors multiply them exactly; sums are of fp32
 * @param m rows of A and C
 * @param n columns of B and C
 * @param k columns of A, rows of B
 * @param c not transposed
 */
public record GeneralProduct(
    Precision precision,
    ProductPrecision products,
    long m,
    long n,
    long k,
    double alpha,
    StoredMatrix a,
    StoredMatrix b,
    double beta,
    StoredMatrix c) {

  public GeneralProduct {
    if (products != ProductPrecision.FULL && precision != Precision.FP32) {
      throw new IllegalArgumentException("a " + products + " product of " + precision + " cells");
    }
  }

  /** The same of matrices in other buffers. */
  GeneralProduct in(DeviceBuffer ofA, DeviceBuffer ofB, DeviceBuffer ofC) {
    return new GeneralProduct(
        precision, products, m, n, k, alpha, a.in(ofA), b.in(ofB), beta, c.in(ofC));
  }
}
