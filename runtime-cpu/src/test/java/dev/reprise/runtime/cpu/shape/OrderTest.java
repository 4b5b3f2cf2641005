package dev.reprise.runtime.cpu.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.Samples;
import dev.reprise.testkit.Matrices;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders beside a stable sort by comparisons, to the last bit of what is moved. */
class OrderTest {
  /** Beside the borders between ways to sort, and beyond all of them. */
  private static final int[] SIZES = {0, 1, 2, 24, 25, 511, 513, 16_383, 16_384, 40_003};

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void numbersAreInTheOrderOfAStableComparison(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : SIZES) {
        for (Samples.Sample sample : Samples.of(n)) {
          DenseMatrix x = column(kernels, sample.values());
          for (boolean decreasing : new boolean[] {false, true}) {
            int[] wanted = order(sample.values(), decreasing);
            long[] found = bits(kernels.call("order", x, 1, decreasing, true));
            assertThat(found)
                .as("%s, decreasing %s", sample, decreasing)
                .isEqualTo(Arrays.stream(wanted).mapToLong(i -> bits(i + 1)).toArray());
            assertThat(bits(kernels.call("order", x, 1, decreasing, false)))
                .as("%s, decreasing %s", sample, decreasing)
                .isEqualTo(
                    Arrays.stream(wanted).mapToLong(i -> bits(sample.values()[i])).toArray());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void rowsAreInTheOrderOfTheirColumnsOneAfterAnother(int threads) {
    int n = 20_003;
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int cols : new int[] {3, 5, 9, 40}) {
        double[][] rows = new double[n][cols];
        double[] first = Samples.of(n).get(6).values();
        double[] second = Samples.of(n).get(15).values();
        for (int i = 0; i < n; i++) {
          rows[i][1] = first[i];
          rows[i][2] = second[i];
          rows[i][0] = i;
          rows[i][cols - 1] = cols == 3 ? second[i] : -i;
        }
        double[][] wanted = rows.clone();
        Arrays.sort(
            wanted,
            Comparator.<double[]>comparingDouble(row -> row[1] + 0.0)
                .thenComparingDouble(row -> row[2] + 0.0));
        DenseMatrix x = kernels.matrix(rows);
        DenseMatrix by = kernels.matrix(new double[] {2, 3});
        assertThat(bits(kernels.call("order", x, by, false, false)))
            .as("%s columns", cols)
            .isEqualTo(
                Arrays.stream(wanted)
                    .flatMapToLong(row -> Arrays.stream(row).mapToLong(OrderTest::bits))
                    .toArray());
      }
    }
  }

  private static int[] order(double[] values, boolean decreasing) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Comparator<Integer> ascending = Comparator.comparingDouble(i -> values[i] + 0.0);
    Arrays.sort(order, decreasing ? ascending.reversed() : ascending);
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }

  private static DenseMatrix column(KernelCalls kernels, double[] values) {
    return values.length == 0 ? kernels.empty(0, 1) : kernels.matrix(KernelCalls.column(values));
  }

  private static long[] bits(Object matrix) {
    return Arrays.stream(Matrices.toArray((DenseMatrix) matrix))
        .flatMapToLong(row -> Arrays.stream(row).mapToLong(OrderTest::bits))
        .toArray();
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }
}
