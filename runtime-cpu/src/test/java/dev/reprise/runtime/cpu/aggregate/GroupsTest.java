package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.Samples;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups and distinct values beside loops over single cells, to the last bit. */
class GroupsTest {
  private static final int[] SIZES = {1, 2, 1025, 2500};

  /** Where every function is looked at. */
  private static final int MOST_GROUPS = 6;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void sumsAreCompensatedInTheOrderOfTheRows(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : SIZES) {
        double[] groups = new double[n];
        Arrays.setAll(groups, i -> i * 31L % 17 + 1.5);
        groups[n / 2] = 20;
        DenseMatrix by = kernels.matrix(KernelCalls.column(groups));
        for (Samples.Sample sample : Samples.of(n)) {
          double[] x = sample.values();
          double[][] wanted = sums(x, groups, 20);
          DenseMatrix column = kernels.matrix(KernelCalls.column(x));
          same(sample, kernels.cells("aggregate", column, by, "sum"), wanted);
          same(sample, kernels.cells("aggregate", kernels.matrix(x), by, "sum"), wanted);
          double[][] both = new double[n][];
          double[][] wantedOfBoth = new double[9][];
          Arrays.setAll(both, i -> new double[] {x[n - 1 - i], 0, x[i]});
          double[] reversed = Arrays.stream(both).mapToDouble(row -> row[0]).toArray();
          double[][] first = sums(reversed, groups, 20);
          Arrays.setAll(wantedOfBoth, g -> new double[] {first[g][0], 0, wanted[g][0]});
          DenseMatrix matrix = kernels.matrix(both);
          same(
              sample,
              kernels.cells("aggregate", matrix, by, "sum", Scalar.absent(), 9),
              wantedOfBoth);
        }
      }
    }
  }

  /** Rows of several pieces; group 3 has one row, group 5 none, and group 6 is left out. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyFunctionTakesTheWeightOfEachRow(boolean isWeighted) {
    int n = 1025;
    double[] x = new double[n];
    double[] groups = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      int group = i * 31 % 6 + 1;
      x[i] = Math.sin(i) * 100 + i;
      groups[i] = i == n - 1 ? 3 : group == 3 || group == 5 ? 4 : group;
      weights[i] = isWeighted ? 0.5 + i * 7L % 5 : 1;
    }
    double[] counts = sums(weights, groups);
    double[] sums = sums(weighted(weights, x), groups);
    double[] means = quotients(sums, counts);
    Map<String, double[]> wanted = new HashMap<>();
    wanted.put("sum", sums);
    wanted.put("count", counts);
    wanted.put("mean", Arrays.stream(means).map(mean -> Double.isNaN(mean) ? 0 : mean).toArray());
    wanted.put("min", extremes(x, groups, Math::min));
    wanted.put("max", extremes(x, groups, Math::max));
    for (int order = 2; order <= 4; order++) {
      double[] powers = new double[n];
      for (int i = 0; i < n; i++) {
        double distance = x[i] - means[(int) groups[i] - 1];
        double square = distance * distance;
        powers[i] = order == 2 ? square : order == 3 ? square * distance : square * square;
      }
      double[] moments = sums(weighted(weights, powers), groups);
      wanted.put("centralmoment " + order, quotients(moments, counts));
      if (order == 2) {
        double[] less = Arrays.stream(counts).map(count -> count - 1).toArray();
        double[] variances = quotients(moments, less);
        Arrays.setAll(variances, g -> counts[g] > 1 ? variances[g] : 0);
        wanted.put("variance", variances);
      }
    }
    try (KernelCalls kernels = new KernelCalls()) {
      Object given = isWeighted ? KernelCalls.column(weights) : Scalar.absent();
      Object by = KernelCalls.column(groups);
      wanted.forEach((name, results) -> {
        String[] function = name.split(" ");
        Object order = function.length == 1 ? Scalar.absent() : Integer.valueOf(function[1]);
        double[][] found =
            kernels.cells(
                "aggregate", KernelCalls.column(x), by, function[0], given, MOST_GROUPS - 1, order);
        double[] kept = Arrays.copyOf(results, MOST_GROUPS - 1);
        assertThat(bits(found)).as(name).isEqualTo(bits(KernelCalls.column(kept)));
      });
    }
  }

  private static double[] weighted(double[] weights, double[] x) {
    double[] products = new double[x.length];
    Arrays.setAll(products, i -> weights[i] * x[i]);
    return products;
  }

  private static double[] sums(double[] x, double[] groups) {
    return Arrays.stream(sums(x, groups, MOST_GROUPS)).mapToDouble(row -> row[0]).toArray();
  }

  private static double[] quotients(double[] x, double[] y) {
    double[] quotients = new double[x.length];
    Arrays.setAll(quotients, i -> x[i] / y[i]);
    return quotients;
  }

  private static double[] extremes(double[] x, double[] groups, DoubleBinaryOperator better) {
    double[] extremes = new double[MOST_GROUPS];
    for (int g = 0; g < MOST_GROUPS; g++) {
      int group = g + 1;
      extremes[g] =
          IntStream.range(0, x.length)
              .filter(i -> groups[i] == group)
              .mapToDouble(i -> x[i])
              .reduce(better)
              .orElse(0);
    }
    return extremes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void distinctValuesAreThoseOfASetInItsOrder(int threads) {
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int n : SIZES) {
        for (Samples.Sample sample : Samples.of(n)) {
          double[] x = sample.values();
          Set<Double> set = new HashSet<>();
          for (double cell : x) {
            set.add(cell + 0.0);
          }
          double[][] wanted = new double[set.size()][];
          int i = 0;
          for (double value : set) {
            wanted[i++] = new double[] {value};
          }
          DenseMatrix column = kernels.matrix(KernelCalls.column(x));
          same(sample, kernels.cells("unique", column, "rc"), wanted);
          same(sample, kernels.cells("unique", column, "c"), wanted);
          double[][] besideOthers = new double[n][];
          Arrays.setAll(besideOthers, row -> new double[] {7, x[row]});
          double[][] columns = kernels.cells("unique", kernels.matrix(besideOthers), "c");
          double[] second = Arrays.stream(columns).mapToDouble(row -> row[1]).toArray();
          same(sample, KernelCalls.column(second), wanted);
          assertThat(kernels.number("countDistinct", column, "rc")).isEqualTo(wanted.length);
          double[][] rows = kernels.cells("unique", kernels.matrix(x), "r");
          same(sample, KernelCalls.column(rows[0]), wanted);
          double[][] twice = new double[n][];
          Arrays.setAll(twice, row -> new double[] {x[row], x[row]});
          double[][] counts = kernels.cells("countDistinct", kernels.matrix(twice), "c");
          assertThat(counts).isEqualTo(new double[][] {{wanted.length, wanted.length}});
        }
      }
    }
  }

  /** Behind the last piece of the longest vectors there is no int any more. */
  @Test
  void theLongestVectorIsReadToItsEndAndNoFurther() {
    int n = Integer.MAX_VALUE - 8;
    long[] next = {0};
    CellReader groups =
        (at, into, count) -> {
          if (at != next[0] || at + count > n) {
            throw new AssertionError(count + " groups from " + at + " on");
          }
          next[0] += count;
          Arrays.fill(into, 0, count, 1);
          into[count - 1] = next[0] == n ? 3 : 1;
        };
    assertThat(new GroupedRows(null, groups, null, n).largest()).isEqualTo(3);
    assertThat(next[0]).isEqualTo(n);
  }

  @Test
  void groupsBelowOneAreAnErrorWithoutASize() {
    try (KernelCalls kernels = new KernelCalls()) {
      double[][] x = KernelCalls.column(1, 2);
      for (double group : new double[] {0, -1, Double.NaN, 0x1p40}) {
        double[][] groups = KernelCalls.column(group, group);
        assertThatThrownBy(() -> kernels.call("aggregate", x, groups, "sum"))
            .as("group %s", group)
            .isInstanceOf(OperandException.class);
      }
    }
  }

  private static double[][] sums(double[] x, double[] groups, int count) {
    double[] sums = new double[count];
    double[] lost = new double[count];
    for (int i = 0; i < x.length; i++) {
      int g = (int) groups[i] - 1;
      double next = sums[g] + x[i];
      double part = next - sums[g];
      lost[g] += (sums[g] - (next - part)) + (x[i] - part);
      sums[g] = next;
    }
    for (int g = 0; g < count; g++) {
      double corrected = sums[g] + lost[g];
      sums[g] = Double.isFinite(corrected) ? corrected : sums[g];
    }
    return KernelCalls.column(sums);
  }

  private static void same(Samples.Sample sample, double[][] found, double[][] wanted) {
    assertThat(bits(found)).as("%s", sample).isEqualTo(bits(wanted));
  }

  private static long[] bits(double[][] rows) {
    return Arrays.stream(rows)
        .flatMapToDouble(Arrays::stream)
        .mapToLong(Double::doubleToLongBits)
        .toArray();
  }
}
