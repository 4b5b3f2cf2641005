package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products by generated sums, against their definition. */
class PanelProductTest {
  private final Parallel parallel = new Parallel(4);
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261128);

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private DenseMatrix matrix(long rows, long cols, Precision precision, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  /** Shapes on both sides of every bound: rows and terms that are few, panels, blocks, tasks. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void wholeNumbersGiveTheirSums(Precision precision) {
    assumeTrue(PanelSums.find(precision) != null, "a processor with AVX2 and FMA, on Linux");
    PanelProduct product = new PanelProduct(parallel, precision);
    int fitting = 0;
    for (long m : new long[] {2, 7, 16, 17, 32, 64}) {
      for (long n : new long[] {8, 16, 49, 272}) {
        for (long k : new long[] {1, 9, 33, 64, 300}) {
          for (int transposed = 0; transposed < 4; transposed++) {
            boolean ta = (transposed & 1) != 0;
            boolean tb = (transposed & 2) != 0;
            if (product.fits(m, n, k, tb)) {
              fitting++;
              check(product, precision, m, n, k, ta, tb);
            }
          }
        }
      }
    }
    assertThat(fitting).isGreaterThan(60);
  }

  private void check(
      PanelProduct product, Precision precision, long m, long n, long k, boolean ta, boolean tb) {
    DoubleSupplier numbers = () -> random.nextInt(-8, 9);
    DenseMatrix a = matrix(ta ? k : m, ta ? m : k, precision, numbers);
    DenseMatrix b = matrix(tb ? n : k, tb ? k : n, precision, numbers);
    DenseMatrix c = matrix(m, n, precision, () -> Double.NaN);
    product.multiply(new Factors(a, ta, b, tb), c, new ExecutionContext(allocator, 3));
    for (long i = 0; i < m; i++) {
      for (long j = 0; j < n; j++) {
        double sum = 0;
        for (long t = 0; t < k; t++) {
          sum += (ta ? a.get(t, i) : a.get(i, t)) * (tb ? b.get(j, t) : b.get(t, j));
        }
        if (c.get(i, j) != sum) {
          assertThat(c.get(i, j))
              .as("%sx%sx%s, ta %s, tb %s, cell %s, %s", m, k, n, ta, tb, i, j)
              .isEqualTo(sum);
        }
      }
    }
    release(a, b, c);
  }

  private static void release(DenseMatrix... matrices) {
    for (DenseMatrix each : matrices) {
      each.buffer().release();
    }
  }

  /** Rows that panels are filled up with, and sums beside, must not catch infinities. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void infinitiesStayInTheirRowsAndColumns(Precision precision) {
    assumeTrue(PanelSums.find(precision) != null, "a processor with AVX2 and FMA, on Linux");
    PanelProduct product = new PanelProduct(parallel, precision);
    for (boolean tb : new boolean[] {false, true}) {
      DenseMatrix a = matrix(9, 128, precision, () -> 1);
      DenseMatrix b = matrix(tb ? 96 : 128, tb ? 128 : 96, precision, () -> 1);
      a.set(4, 5, Double.POSITIVE_INFINITY);
      b.set(tb ? 50 : 7, tb ? 7 : 50, Double.NaN);
      DenseMatrix c = matrix(9, 96, precision, () -> -1);
      assertThat(product.fits(9, 96, 128, tb)).isTrue();
      product.multiply(new Factors(a, false, b, tb), c, new ExecutionContext(allocator, 2));
      for (long i = 0; i < 9; i++) {
        for (long j = 0; j < 96; j++) {
          double wanted = j == 50 ? Double.NaN : i == 4 ? Double.POSITIVE_INFINITY : 128;
          assertThat(Double.compare(c.get(i, j), wanted)).as("cell %s, %s", i, j).isZero();
        }
      }
      release(a, b, c);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void anyNumberOfThreadsGivesTheSameBits(Precision precision) {
    assumeTrue(PanelSums.find(precision) != null, "a processor with AVX2 and FMA, on Linux");
    PanelProduct product = new PanelProduct(parallel, precision);
    long[][] shapes = {{8, 512, 3136}, {3136, 512, 8}, {13, 700, 333}};
    for (long[] shape : shapes) {
      boolean tb = shape[1] == 700;
      DenseMatrix a = matrix(shape[0], shape[2], precision, random::nextGaussian);
      DenseMatrix b =
          matrix(
              tb ? shape[1] : shape[2], tb ? shape[2] : shape[1], precision, random::nextGaussian);
      DenseMatrix one = matrix(shape[0], shape[1], precision, () -> 0);
      DenseMatrix many = matrix(shape[0], shape[1], precision, () -> 1);
      assertThat(product.fits(shape[0], shape[1], shape[2], tb)).isTrue();
      product.multiply(new Factors(a, false, b, tb), one, new ExecutionContext(allocator, 1));
      product.multiply(new Factors(a, false, b, tb), many, new ExecutionContext(allocator, 4));
      assertThat(one.segment().mismatch(many.segment())).isEqualTo(-1);
      release(a, b, one, many);
    }
  }

  @Test
  void largeAndTinyProductsAreLeftToOthers() {
    assumeTrue(PanelSums.find(Precision.FP64) != null, "a processor with AVX2 and FMA, on Linux");
    PanelProduct doubles = new PanelProduct(parallel, Precision.FP64);
    PanelProduct floats = new PanelProduct(parallel, Precision.FP32);
    assertThat(doubles.fits(16, 512, 3136, false)).isTrue();
    assertThat(doubles.fits(17, 512, 3136, false)).isFalse();
    assertThat(floats.fits(32, 512, 3136, false)).isTrue();
    assertThat(floats.fits(33, 512, 3136, false)).isFalse();
    assertThat(doubles.fits(3136, 512, 32, false)).isTrue();
    assertThat(doubles.fits(3136, 512, 33, false)).isFalse();
    assertThat(doubles.fits(3136, 1032, 32, false)).isFalse();
    assertThat(doubles.fits(32, 3136, 512, true)).isTrue();
    assertThat(doubles.fits(33, 3136, 512, true)).isFalse();
    assertThat(doubles.fits(16, 510, 3136, false)).isFalse();
    assertThat(doubles.fits(8, 8, 8, false)).isFalse();
    assertThat(doubles.fits(2, 1L << 40, 1L << 40, false)).isFalse();
  }
}
