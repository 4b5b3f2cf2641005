package dev.reprise.runtime.cpu.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.Samples;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders beside a stable sort by comparisons, to the last bit of what is moved. */
class OrderTest {
  /** Beside the borders between ways to sort, and beyond all of them. */
  private static final int[] SIZES = {
    0, 1, 2, 24, 25, 255, 256, 257, 511, 513, 16_383, 16_384, 40_003
  };

  /** About the most rows that go by machine code, in many pieces. */
  private static final int[] LARGE_SIZES = {(1 << 20) - 1, 1 << 20, (1 << 20) + 1};

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

  /** What is in order but for two cells is found out wherever these are. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void columnsInOrderButForTwoCellsAreSorted(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : SIZES) {
        for (int at = 0; n <= 513 && at < n - 1; at++) {
          checkAllButTwo(kernels, n, at);
        }
      }
      for (int n : LARGE_SIZES) {
        checkAllButTwo(kernels, n, 0);
        checkAllButTwo(kernels, n, n - 2);
      }
      for (int border : new int[] {2, 4, 1 << 15, 1 << 18, 3 << 18}) {
        checkAllButTwo(kernels, 1 << 20, border - 1);
        checkAllButTwo(kernels, 1 << 20, border);
      }
    }
  }

  private static void checkAllButTwo(KernelCalls kernels, int n, int at) {
    for (int sign : new int[] {1, -1}) {
      DenseMatrix x = kernels.empty(n, 1);
      for (int i = 0; i < n; i++) {
        x.set(i, 0, sign * Samples.swapped(i, at));
      }
      boolean decreasing = sign < 0;
      DenseMatrix cells = (DenseMatrix) kernels.call("order", x, 1, decreasing, false);
      DenseMatrix rows = (DenseMatrix) kernels.call("order", x, 1, decreasing, true);
      for (int i = 0; i < n; i++) {
        if (cells.get(i, 0) != sign * i || rows.get(i, 0) != Samples.swapped(i, at) + 1) {
          fail("row %s of %s, %s and the next swapped, sign %s", i, n, at, sign);
        }
      }
      x.buffer().release();
      cells.buffer().release();
      rows.buffer().release();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void manyNumbersAreInOrderAndEqualOnesInThatOfTheirRows(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : LARGE_SIZES) {
        Random random = new Random(n);
        DenseMatrix x = kernels.empty(n, 1);
        for (int i = 0; i < n; i++) {
          x.set(i, 0, random.nextInt(n) * random.nextInt(-1, 2));
        }
        for (boolean decreasing : new boolean[] {false, true}) {
          DenseMatrix cells = (DenseMatrix) kernels.call("order", x, 1, decreasing, false);
          DenseMatrix rows = (DenseMatrix) kernels.call("order", x, 1, decreasing, true);
          for (int i = 0; i < n; i++) {
            long row = (long) rows.get(i, 0) - 1;
            boolean isMoved = bits(cells.get(i, 0)) == bits(x.get(row, 0));
            double step = i == 0 ? 1 : cells.get(i, 0) - cells.get(i - 1, 0);
            boolean isInOrder = i == 0 || (decreasing ? step <= 0 : step >= 0);
            if (!isMoved || !isInOrder || step == 0 && row < (long) rows.get(i - 1, 0)) {
              fail("row %s of %s, decreasing %s", i, n, decreasing);
            }
          }
        }
      }
    }
  }

  /** Whatever else the sort takes, a column and its copy are enough. */
  @Test
  void columnsAreSortedWhereTheBudgetHasLittleMoreThanRoomForTheResult() {
    int n = 300_000;
    long column = n * (long) Double.BYTES;
    for (int columns = 3; columns <= 5; columns++) {
      try (KernelCalls kernels = new KernelCalls(2, new CountingAllocator(columns * column))) {
        DenseMatrix x = kernels.empty(n, 1);
        for (int i = 0; i < n; i++) {
          x.set(i, 0, i * 7L % n);
        }
        for (boolean isIndex : new boolean[] {false, true}) {
          DenseMatrix found = (DenseMatrix) kernels.call("order", x, 1, false, isIndex);
          assertThat(found.get(n - 1, 0)).isEqualTo(isIndex ? lastOf(n) : n - 1);
          found.buffer().release();
        }
      }
    }
  }

  private static long lastOf(int n) {
    return LongStream.range(0, n).filter(i -> i * 7 % n == n - 1).findFirst().orElseThrow() + 1;
  }

  /** Also where nearly all keys are in one bucket, and within that again. */
  @Test
  void sortsTakeASmallShareOfTheBudget() {
    int n = 20_000;
    long column = n * (long) Double.BYTES;
    for (long budget : new long[] {49 * column, 51 * column, 101 * column, 151 * column}) {
      CountingAllocator allocator = new CountingAllocator(budget);
      try (KernelCalls kernels = new KernelCalls(3, allocator)) {
        Random random = new Random(n);
        DenseMatrix x = kernels.empty(n, 1);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
          double far = i < 3 ? Math.pow(1e30, i + 1) : 1;
          values[i] = far * random.nextDouble();
          x.set(i, 0, values[i]);
        }
        DenseMatrix found = (DenseMatrix) kernels.call("order", x, 1, false, false);
        Arrays.sort(values);
        long[] wanted = Arrays.stream(values).mapToLong(OrderTest::bits).toArray();
        assertThat(bits(found)).isEqualTo(wanted);
        assertThat(allocator.peakBytes() - 2 * column).isLessThanOrEqualTo(budget / 8);
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
