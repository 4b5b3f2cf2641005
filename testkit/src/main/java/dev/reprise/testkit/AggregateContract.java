package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.operation.Attributes;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Aggregates of a whole matrix, of its rows and of its columns, against exact sums. */
public abstract class AggregateContract extends DeviceContract {
  /** Of the sum of absolute values; a device may add in any fixed order with compensation. */
  private static final double TOLERANCE = 1e-13;

  private static final long[][] SHAPES = {
    {1, 1}, {1, 9}, {9, 1}, {7, 5}, {1000, 3}, {3, 1000}, {513, 257}, {2, 3000}, {5000, 40}
  };

  private static final Map<String, ToDoubleFunction<double[]>> FUNCTIONS =
      Map.of(
          "sum", AggregateContract::sum,
          "mean", x -> sum(x) / x.length,
          "var", AggregateContract::variance,
          "sd", x -> Math.sqrt(variance(x)),
          "min", x -> Arrays.stream(x).min().orElseThrow(),
          "max", x -> Arrays.stream(x).max().orElseThrow());

  private static double sum(double[] x) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double cell : x) {
      sum = sum.add(new BigDecimal(cell));
    }
    return sum.doubleValue();
  }

  private static double variance(double[] x) {
    double mean = sum(x) / x.length;
    double[] squares = Arrays.stream(x).map(cell -> (cell - mean) * (cell - mean)).toArray();
    return x.length == 1 ? 0 : sum(squares) / (x.length - 1);
  }

  /** The twins over rows and columns: {@code sum} is {@code rowSums}. */
  private static String twin(String prefix, String function) {
    return prefix + Character.toUpperCase(function.charAt(0)) + function.substring(1) + "s";
  }

  @Test
  void aggregatesEqualExactArithmetic() {
    SplittableRandom random = random(1);
    for (long[] shape : SHAPES) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      double[][] cells = Matrices.toArray(x);
      double tolerance = TOLERANCE * x.cells();
      FUNCTIONS.forEach((name, reference) -> {
        double[] all = Arrays.stream(cells).flatMapToDouble(Arrays::stream).toArray();
        double wanted = reference.applyAsDouble(all);
        assertThat(Math.abs(runScalar(name, x).asDouble() - wanted))
            .as(name + " of " + x.shape())
            .isLessThanOrEqualTo(tolerance);
        double[][] rows = new double[cells.length][];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = new double[] {reference.applyAsDouble(cells[i])};
        }
        assertClose(run(twin("row", name), x), rows, tolerance);
        double[][] columns = new double[1][cells[0].length];
        for (int j = 0; j < columns[0].length; j++) {
          int col = j;
          double[] column = Arrays.stream(cells).mapToDouble(row -> row[col]).toArray();
          columns[0][j] = reference.applyAsDouble(column);
        }
        assertClose(run(twin("col", name), x), columns, tolerance);
      });
    }
  }

  @Test
  void notANumberReachesEveryAggregateThatSeesIt() {
    double nan = Double.NaN;
    DenseMatrix x = matrix(new double[] {1, nan, 3}, new double[] {4, 5, 6});
    for (String name : FUNCTIONS.keySet()) {
      assertThat(runScalar(name, x).asDouble()).as(name).isNaN();
    }
    assertClose(run("rowSums", x), new double[][] {{nan}, {15}}, 0);
    assertClose(run("colMaxs", x), new double[][] {{4, nan, 6}}, 0);
    assertClose(run("rowIndexMax", x), new double[][] {{3}, {3}}, 0);
  }

  @Test
  void theLastOfEqualExtremesWins() {
    DenseMatrix x = matrix(new double[] {3, 1, 3, 1}, new double[] {2, 2, 2, 2});
    assertClose(run("rowIndexMax", x), new double[][] {{3}, {4}}, 0);
    assertClose(run("rowIndexMin", x), new double[][] {{4}, {4}}, 0);
  }

  @Test
  void theLastOfEqualExtremesWinsInColumnsAsWell() {
    double nan = Double.NaN;
    DenseMatrix x =
        matrix(new double[] {3, 2, nan}, new double[] {1, 2, nan}, new double[] {3, 2, nan});
    assertClose(run("colIndexMax", x), new double[][] {{3, 3, 1}}, 0);
    assertClose(run("colIndexMin", x), new double[][] {{2, 3, 1}}, 0);
  }

  @Test
  void productsAndTraces() {
    DenseMatrix x = matrix(new double[] {2, -3}, new double[] {5, 0.5});
    assertThat(runScalar("prod", x).asDouble()).isEqualTo(-15);
    assertClose(run("rowProds", x), new double[][] {{-6}, {2.5}}, 0);
    assertClose(run("colProds", x), new double[][] {{10, -1.5}}, 0);
    assertThat(runScalar("trace", x).asDouble()).isEqualTo(2.5);
  }

  @Test
  void zerosOfBothSignsHaveAnOrder() {
    DenseMatrix x = matrix(new double[] {0.0, -0.0}, new double[] {-0.0, 0.0});
    assertThat(1 / runScalar("min", x).asDouble()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(1 / runScalar("max", x).asDouble()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(1 / run("rowMins", x).get(0, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(1 / run("colMaxs", x).get(0, 1)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void emptyMatricesHaveNeutralAggregates() {
    DenseMatrix x = emptyMatrix(0, 3);
    assertThat(runScalar("sum", x).asDouble()).isZero();
    assertThat(runScalar("mean", x).asDouble()).isNaN();
    assertThat(runScalar("min", x).asDouble()).isEqualTo(Double.POSITIVE_INFINITY);
    assertClose(run("colSums", x), new double[1][3], 0);
    assertThat(run("rowSums", x).rows()).isZero();
  }

  @Test
  void runningSumsGoDownTheColumns() {
    DenseMatrix x = matrix(new double[] {1, 2}, new double[] {3, 4}, new double[] {5, 6});
    assertClose(run("cumsum", x), new double[][] {{1, 2}, {4, 6}, {9, 12}}, 0);
    assertClose(run("cumprod", x), new double[][] {{1, 2}, {3, 8}, {15, 48}}, 0);
  }

  @Test
  void numbersOfThreadsChangeNoBit() {
    SplittableRandom random = random(2);
    for (long[] shape : new long[][] {{30_000, 7}, {500, 700}, {40, 9000}, {200_001, 1}}) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      for (String name : List.of("sum", "var", "rowSums", "rowVars", "colSums", "colVars")) {
        assertSameBitsWithAnyThreads(name, Attributes.none(), x);
      }
    }
  }
}
