package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * Products of a library that the device's maker gives, in sequence with the launches. Matrices lie
 * row by row; a leading dimension is the distance, in cells, from one stored row to the next.
 *
 * <p>Each method returns false, having done nothing, when the library does not take such sizes;
 * then the caller launches a kernel of ours.
 */
public interface Products {

  /** Name and version, for people. */
  String library();

  /**
   * {@code C = alpha * op(A) %*% op(B) + beta * C}. With beta 0 the cells of C are not read.
   *
   * @param transA whether A is stored transposed, as k x m
   * @param transB whether B is stored transposed, as n x k
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   */
  boolean gemm(
      Precision precision,
      boolean transA,
      boolean transB,
      long m,
      long n,
      long k,
      double alpha,
      DeviceBuffer a,
      long lda,
      DeviceBuffer b,
      long ldb,
      double beta,
      DeviceBuffer c,
      long ldc);

  /**
   * {@code C = alpha * op(A) %*% op(B) + beta * C} of fp32 matrices whose operands have cells of so
   * few bits that units for tensors multiply them exactly; sums are of fp32. Sizes as in {@link
   * #gemm}.
   */
  default boolean gemmOfRounded(
      ProductPrecision products,
      boolean transA,
      boolean transB,
      long m,
      long n,
      long k,
      double alpha,
      DeviceBuffer a,
      long lda,
      DeviceBuffer b,
      long ldb,
      double beta,
      DeviceBuffer c,
      long ldc) {
    return gemm(Precision.FP32, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }

  /**
   * The upper triangle, with the diagonal, of {@code C = alpha * t(A) %*% A + beta * C} for A of k
   * x n cells or, when {@code transA}, of {@code C = alpha * A %*% t(A) + beta * C} for A of n x k
   * cells. Cells below the diagonal stay as they are.
   */
  boolean syrk(
      Precision precision,
      boolean transA,
      long n,
      long k,
      double alpha,
      DeviceBuffer a,
      long lda,
      double beta,
      DeviceBuffer c,
      long ldc);

  /**
   * What lies in a buffer from a byte on, as an operand of these methods; valid as long as the
   * buffer, never released. Null when the library takes whole buffers only.
   */
  default DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return null;
  }
}
