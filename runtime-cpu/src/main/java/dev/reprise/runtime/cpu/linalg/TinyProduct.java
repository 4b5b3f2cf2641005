package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;

/**
 * Products of a few multiplications in Java, so that a script with nothing larger starts without
 * loading OpenBLAS.
 */
final class TinyProduct {
  /** Multiplications: beyond a 4x4 product a call of BLAS is faster. */
  private static final long MOST_WORK = 64;

  private TinyProduct() {}

  static boolean fits(Factors factors) {
    return fits(factors.rows(), factors.cols(), factors.terms());
  }

  private static boolean fits(long m, long n, long k) {
    return m <= MOST_WORK && n <= MOST_WORK && k <= MOST_WORK && m * n * k <= MOST_WORK;
  }

  static void multiply(Factors factors, DenseMatrix c) {
    DenseMatrix a = factors.a();
    DenseMatrix b = factors.b();
    long k = factors.terms();
    long aInner = factors.ta() ? a.cols() : 1;
    long aOuter = factors.ta() ? 1 : a.cols();
    long bInner = factors.tb() ? 1 : b.cols();
    long bOuter = factors.tb() ? b.cols() : 1;
    MemorySegment left = a.segment();
    MemorySegment right = b.segment();
    MemorySegment out = c.segment();
    for (int i = 0; i < c.rows(); i++) {
      for (int j = 0; j < c.cols(); j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum +=
              left.getAtIndex(JAVA_DOUBLE, i * aOuter + l * aInner)
                  * right.getAtIndex(JAVA_DOUBLE, j * bOuter + l * bInner);
        }
        out.setAtIndex(JAVA_DOUBLE, i * c.cols() + j, sum);
      }
    }
  }
}
