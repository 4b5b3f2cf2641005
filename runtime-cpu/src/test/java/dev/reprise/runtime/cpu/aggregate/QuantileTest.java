package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.Samples;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantiles beside those of the sorted sample, to the last bit. */
class QuantileTest {
  private static final int[] SIZES = {1, 2, 7, 4095, 4096, 20_001};
  private static final double[] SHARES = {0, 1e-9, 0.1, 0.25, 0.3, 0.5, 0.77, 0.999, 1, 0.5, 0.2};

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void quantilesAreCellsOfTheSortedSample(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : SIZES) {
        for (Samples.Sample sample : Samples.of(n)) {
          DenseMatrix x = kernels.matrix(KernelCalls.column(sample.values()));
          double[] sorted = sample.values().clone();
          Arrays.sort(sorted);
          double[][] all =
              kernels.cells("quantile", x, Scalar.absent(), KernelCalls.column(SHARES));
          for (int i = 0; i < SHARES.length; i++) {
            long wanted = bits(quantile(sorted, SHARES[i]));
            assertThat(bits(all[i][0])).as("%s, %s", sample, SHARES[i]).isEqualTo(wanted);
            assertThat(bits(kernels.number("quantile", x, Scalar.absent(), SHARES[i])))
                .as("%s, %s", sample, SHARES[i])
                .isEqualTo(wanted);
          }
          assertThat(bits(kernels.number("median", x)))
              .as("%s", sample)
              .isEqualTo(bits(median(sorted)));
        }
      }
    }
  }

  private static double quantile(double[] sorted, double share) {
    int n = sorted.length;
    return Double.isNaN(sorted[n - 1])
        ? Double.NaN
        : sorted[(int) Math.max(1, Math.ceil(share * n)) - 1];
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    if (Double.isNaN(sorted[n - 1])) {
      return Double.NaN;
    }
    return n % 2 == 0 ? (sorted[n / 2 - 1] + sorted[n / 2]) / 2 : sorted[n / 2];
  }

  private static long bits(double value) {
    return Double.doubleToLongBits(value);
  }
}
