package dev.reprise.runtime.cpu.aggregate;

import static dev.reprise.runtime.cpu.KernelCalls.column;
import static dev.reprise.runtime.cpu.KernelCalls.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.testkit.Matrices;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BasicAggregatesTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final long[][] SHAPES = {
    {1, 1}, {1, 9}, {9, 1}, {7, 5}, {1000, 3}, {3, 1000}, {513, 257}, {2, 3000}, {5000, 40}
  };

  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  private static double exactSum(double[] cells) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double cell : cells) {
      sum = sum.add(new BigDecimal(cell));
    }
    return sum.doubleValue();
  }

  private static double variance(double[] cells) {
    double mean = exactSum(cells) / cells.length;
    double[] squares = new double[cells.length];
    for (int i = 0; i < cells.length; i++) {
      squares[i] = (cells[i] - mean) * (cells[i] - mean);
    }
    return cells.length == 1 ? 0 : exactSum(squares) / (cells.length - 1);
  }

  private static double[] flat(double[][] x) {
    return java.util.Arrays.stream(x).flatMapToDouble(java.util.Arrays::stream).toArray();
  }

  private static double[][] transposed(double[][] x) {
    double[][] t = new double[x[0].length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x[0].length; j++) {
        t[j][i] = x[i][j];
      }
    }
    return t;
  }

  private static double reduce(String fn, double[] cells) {
    return switch (fn) {
      case "Sums" -> exactSum(cells);
      case "Means" -> exactSum(cells) / cells.length;
      case "Vars" -> variance(cells);
      case "Sds" -> Math.sqrt(variance(cells));
      case "Mins" -> java.util.Arrays.stream(cells).min().orElseThrow();
      case "Maxs" -> java.util.Arrays.stream(cells).max().orElseThrow();
      case "Prods" -> java.util.Arrays.stream(cells).reduce(1, (a, b) -> a * b);
      default -> throw new IllegalArgumentException(fn);
    };
  }

  private static void close(double found, double wanted, double scale) {
    assertThat(found).isCloseTo(wanted, within(1e-14 * Math.max(scale, Math.abs(wanted))));
  }

  @Test
  void aggregatesAgreeWithExactArithmetic() {
    Random random = new Random(11);
    for (long[] shape : SHAPES) {
      DenseMatrix x = kernels.random(random, shape[0], shape[1]);
      double[][] cells = Matrices.toArray(x);
      double[] all = flat(cells);
      double scale = all.length;
      close(kernels.number("sum", x), reduce("Sums", all), scale);
      close(kernels.number("mean", x), reduce("Means", all), 1);
      close(kernels.number("var", x), reduce("Vars", all), 1);
      close(kernels.number("sd", x), reduce("Sds", all), 1);
      close(kernels.number("min", x), reduce("Mins", all), 0);
      close(kernels.number("max", x), reduce("Maxs", all), 0);
      for (String fn : List.of("Sums", "Means", "Vars", "Sds", "Mins", "Maxs")) {
        double[][] rows = kernels.cells("row" + fn, x);
        for (int i = 0; i < rows.length; i++) {
          close(rows[i][0], reduce(fn, cells[i]), shape[1]);
        }
        double[][] byCol = transposed(cells);
        double[][] cols = kernels.cells("col" + fn, x);
        for (int j = 0; j < byCol.length; j++) {
          close(cols[0][j], reduce(fn, byCol[j]), shape[0]);
        }
      }
    }
  }

  @Test
  void productsAgreeWithPlainMultiplication() {
    double[][] x = {row(1, 2, 3), row(4, 5, 6), row(9, 8, 7)};
    assertThat(kernels.number("prod", (Object) x)).isEqualTo(362880);
    assertThat(kernels.cells("rowProds", (Object) x)).isEqualTo(column(6, 120, 504));
    assertThat(kernels.cells("colProds", (Object) x)).isEqualTo(new double[][] {row(36, 80, 126)});
    assertThat(kernels.number("trace", (Object) x)).isEqualTo(13);
    assertThatThrownBy(() -> kernels.call("trace", kernels.empty(1, 4)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x4");
  }

  @Test
  void sumsSurviveCancellationBetweenBlocks() {
    int n = 300_000;
    DenseMatrix x = kernels.empty(n, 1);
    for (int i = 0; i < n; i++) {
      x.set(i, 0, i < 1024 ? 1e16 : i >= n - 1024 ? -1e16 : 0.1);
    }
    double wanted = 0.1 * (n - 2048);
    // 300,000 is no multiple of 1024, so some blocks mix large and small cells.
    assertThat(kernels.number("sum", x)).isCloseTo(wanted, within(1e16 * 25 * 0x1p-53 * 2048));
    assertThat(kernels.cells("colSums", x)[0][0])
        .isCloseTo(wanted, within(1e16 * 18 * 0x1p-53 * 2048));
  }

  @Test
  void nanAndInfinityPassThrough() {
    double[][] x = {row(1, NAN, 3, -2), row(INF, 2, 3, -INF)};
    for (String fn : List.of("sum", "mean", "var", "sd", "min", "max", "prod")) {
      assertThat(kernels.number(fn, (Object) x)).as(fn).isNaN();
    }
    assertThat(kernels.cells("rowSums", (Object) x)).isEqualTo(column(NAN, NAN));
    assertThat(kernels.cells("rowMaxs", (Object) x)).isEqualTo(column(NAN, INF));
    assertThat(kernels.cells("colSums", (Object) x))
        .isEqualTo(new double[][] {row(INF, NAN, 6, -INF)});
    assertThat(kernels.cells("colMins", (Object) x))
        .isEqualTo(new double[][] {row(1, NAN, 3, -INF)});
    DenseMatrix large = kernels.random(new Random(1), 100, 100);
    large.set(0, 0, INF);
    assertThat(kernels.number("sum", large)).isEqualTo(INF);
    assertThat(kernels.cells("colSums", large)[0][0]).isEqualTo(INF);
  }

  @Test
  void theLastOfEqualExtremesWinsAndNaNNever() {
    assertThat(kernels.cells("rowIndexMax", (Object) new double[][] {row(1, NAN, 3, -2)}))
        .isEqualTo(column(3));
    assertThat(kernels.cells("rowIndexMin", (Object) new double[][] {row(1, NAN, 3, -2)}))
        .isEqualTo(column(4));
    double[][] ties = {row(NAN, NAN), row(1, 1), row(-INF, -INF)};
    assertThat(kernels.cells("rowIndexMax", (Object) ties)).isEqualTo(column(1, 2, 2));
    double[][] tied = {row(3, 1, NAN), row(3, 5, NAN), row(2, 5, NAN)};
    assertThat(kernels.cells("colIndexMax", (Object) tied))
        .isEqualTo(new double[][] {row(2, 3, 1)});
    assertThat(kernels.cells("colIndexMin", (Object) tied))
        .isEqualTo(new double[][] {row(3, 1, 1)});
  }

  @Test
  void emptyMatricesGiveTheOraclesNeutralValues() {
    DenseMatrix x = kernels.empty(0, 3);
    assertThat(kernels.number("sum", x)).isZero();
    assertThat(kernels.number("mean", x)).isNaN();
    assertThat(kernels.number("min", x)).isEqualTo(INF);
    assertThat(kernels.number("max", x)).isEqualTo(-INF);
    assertThat(kernels.number("prod", x)).isEqualTo(1);
    assertThat(kernels.number("var", x)).isNaN();
    for (String fn : List.of("Sums", "Means", "Vars", "Sds", "Mins", "Maxs", "Prods")) {
      assertThat(kernels.cells("col" + fn, x)).isEqualTo(new double[][] {row(0, 0, 0)});
      assertThat(kernels.cells("row" + fn, kernels.empty(2, 0))).isEqualTo(column(0, 0));
      assertThat(((DenseMatrix) kernels.call("row" + fn, x)).rows()).isZero();
    }
  }

  @Test
  void aScalarCountsAsASingleCell() {
    assertThat(kernels.number("sum", 1.5)).isEqualTo(1.5);
    assertThat(kernels.number("max", 3)).isEqualTo(3);
    assertThat(kernels.number("var", 3)).isZero();
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<double[][]> expected = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (KernelCalls calls = new KernelCalls(threads)) {
        Random random = new Random(1);
        List<double[][]> found = new ArrayList<>();
        for (long[] shape : new long[][] {{30_000, 7}, {500, 700}, {40, 9000}, {200_001, 1}}) {
          DenseMatrix x = calls.random(random, shape[0], shape[1]);
          for (String fn : List.of("sum", "var", "prod", "min")) {
            found.add(new double[][] {row(calls.number(fn, x))});
          }
          for (String fn : List.of("Sums", "Means", "Vars", "Maxs", "Prods")) {
            found.add(calls.cells("row" + fn, x));
            found.add(calls.cells("col" + fn, x));
          }
        }
        expected = expected.isEmpty() ? found : expected;
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i)).isDeepEqualTo(expected.get(i));
        }
      }
    }
  }
}
