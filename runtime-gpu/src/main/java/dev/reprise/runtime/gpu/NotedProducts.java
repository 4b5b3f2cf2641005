package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * The library's products as launches of a {@link RepeatingBackend}, held back or noted; those that
 * it does not take are launched otherwise. By the worker.
 */
final class NotedProducts implements Products {
  private final Products library;
  private final RepeatingBackend backend;

  NotedProducts(Products library, RepeatingBackend backend) {
    this.library = library;
    this.backend = backend;
  }

  @Override
  public String library() {
    return library.library();
  }

  @Override
  public boolean gemm(
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
      long ldc) {
    Launch launch =
        Launch.gemm(null, precision, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return backend.holds(launch)
        || noted(
            launch,
            library.gemm(precision, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc));
  }

  @Override
  public boolean gemmOfRounded(
      ProductPrecision rounded,
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
    Launch launch =
        Launch.gemm(
            rounded, Precision.FP32, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return backend.holds(launch)
        || noted(
            launch,
            library.gemmOfRounded(
                rounded, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc));
  }

  @Override
  public boolean syrk(
      Precision precision,
      boolean transA,
      long n,
      long k,
      double alpha,
      DeviceBuffer a,
      long lda,
      double beta,
      DeviceBuffer c,
      long ldc) {
    Launch launch = Launch.syrk(precision, transA, n, k, alpha, a, lda, beta, c, ldc);
    return backend.holds(launch)
        || noted(launch, library.syrk(precision, transA, n, k, alpha, a, lda, beta, c, ldc));
  }

  private boolean noted(Launch launch, boolean taken) {
    if (taken) {
      backend.note(launch);
    }
    return taken;
  }

  @Override
  public DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return library.part(buffer, fromByte);
  }
}
