package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.Samples;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.api.Test;

/** Extremes of runs beside {@link Run}, to the last bit. */
class ExtremesTest {
  private final CountingAllocator allocator = new CountingAllocator();

  @Test
  void runsHaveTheExtremesOfTheirCells() {
    Extremes least = Extremes.least();
    Extremes most = Extremes.most();
    for (int n : new int[] {1, 7, 8, 9, 100, 8192, 20_001}) {
      for (Samples.Sample sample : Samples.of(n)) {
        for (Precision precision : new Precision[] {Precision.FP64, Precision.FP32}) {
          DenseMatrix x = DenseMatrix.allocate(allocator, 1, n, precision);
          for (int i = 0; i < n; i++) {
            x.set(0, i, sample.values()[i]);
          }
          Run run = new Run(CellSource.of(x), n);
          for (int from : new int[] {0, n / 3}) {
            is(sample, least.of(x, run, from, n - from), run.min(from, n - from));
            is(sample, most.of(x, run, from, n - from), run.max(from, n - from));
          }
          x.buffer().release();
        }
      }
    }
  }

  @Test
  void theExtremesOfALargeMatrixAreFoundWhereverTheyAre() {
    try (KernelCalls kernels = new KernelCalls(3)) {
      DenseMatrix x = kernels.empty(1100, 1001);
      for (long i = 0; i < x.cells(); i++) {
        x.set(0, i, i % 97);
      }
      for (long at : new long[] {0, 65_535, 65_536, 70_000, x.cells() - 1}) {
        double cell = x.get(0, at);
        for (double odd : new double[] {-3, -0.0, 1e9, Double.NaN, Double.NEGATIVE_INFINITY}) {
          x.set(0, at, odd);
          assertThat(kernels.number("min", x)).isEqualTo((Double) Math.min(0.0, odd));
          assertThat(kernels.number("max", x)).isEqualTo((Double) Math.max(96.0, odd));
        }
        x.set(0, at, cell);
      }
    }
  }

  private static void is(Samples.Sample sample, double found, double wanted) {
    assertThat(Double.doubleToRawLongBits(found))
        .as("%s", sample)
        .isEqualTo(Double.doubleToRawLongBits(wanted));
  }
}
