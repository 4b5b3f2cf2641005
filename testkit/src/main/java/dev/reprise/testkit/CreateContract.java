package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** {@code rand matrix seq sample table outer}. */
public abstract class CreateContract extends DeviceContract {
  private static final Attributes NONE = Attributes.none();

  private static Operand[] rand(
      long rows, long cols, double min, double max, double sparsity, long seed, String pdf) {
    return new Operand[] {
      Scalar.of(rows),
      Scalar.of(cols),
      Scalar.of(min),
      Scalar.of(max),
      Scalar.of(sparsity),
      Scalar.of(seed),
      Scalar.of(pdf),
      Scalar.of(2.5)
    };
  }

  private static Scalar of(long number) {
    return Scalar.of(number);
  }

  private static double mean(DenseMatrix matrix, DoubleUnaryOperator function) {
    double sum = 0;
    for (long i = 0; i < matrix.rows(); i++) {
      for (long j = 0; j < matrix.cols(); j++) {
        sum += function.applyAsDouble(matrix.get(i, j));
      }
    }
    return sum / matrix.cells();
  }

  private DenseMatrix column(double... cells) {
    return matrix(Arrays.stream(cells).mapToObj(x -> new double[] {x}).toArray(double[][]::new));
  }

  @Test
  void randomMatricesDependOnTheSeedAndNotOnTheThreads() {
    for (String pdf : new String[] {"uniform", "normal", "poisson"}) {
      for (double sparsity : new double[] {1, 0.3}) {
        Operand[] inputs = rand(333, 301, -1, 2, sparsity, 42, pdf);
        assertSameBitsWithAnyThreads("rand", NONE, inputs);
        DenseMatrix first = run("rand", inputs);
        DenseMatrix other = run("rand", rand(333, 301, -1, 2, sparsity, 43, pdf));
        assertThat(first.segment().mismatch(other.segment())).isNotEqualTo(-1);
      }
    }
  }

  @Test
  void aCellDependsOnItsPositionAndNotOnTheSizeOfTheMatrix() {
    for (String pdf : new String[] {"uniform", "normal", "poisson"}) {
      DenseMatrix large = run("rand", rand(100, 1001, 0, 1, 1, 7, pdf));
      DenseMatrix small = run("rand", rand(1, 1999, 0, 1, 1, 7, pdf));
      assertThat(large.segment().asSlice(0, small.bytes()).mismatch(small.segment())).isEqualTo(-1);
    }
  }

  @Test
  void uniformCellsFillTheirRange() {
    DenseMatrix x = run("rand", rand(1000, 100, -1, 3, 1, 1, "uniform"));
    assertThat(mean(x, v -> v >= -1 && v < 3 ? 1 : 0)).isEqualTo(1);
    assertThat(mean(x, v -> v)).isBetween(0.98, 1.02);
    assertThat(mean(x, v -> (v - 1) * (v - 1))).isBetween(1.31, 1.36);
    assertThat(mean(x, v -> v < -0.9 ? 1 : 0)).isBetween(0.022, 0.028);
  }

  @Test
  void normalCellsHaveMeanZeroAndVarianceOne() {
    DenseMatrix x = run("rand", rand(1000, 100, 0, 1, 1, 1, "normal"));
    assertThat(mean(x, v -> v)).isBetween(-0.01, 0.01);
    assertThat(mean(x, v -> v * v)).isBetween(0.98, 1.02);
    assertThat(mean(x, v -> v * v * v * v)).isBetween(2.9, 3.1);
    assertThat(mean(x, v -> Math.abs(v) < 1 ? 1 : 0)).isBetween(0.675, 0.69);
    assertThat(mean(x, v -> v > 2 ? 1 : 0)).isBetween(0.02, 0.0255);
  }

  @Test
  void poissonCellsHaveTheGivenMeanAsMeanAndVariance() {
    for (double lambda : new double[] {0.1, 2.5, 9.9, 10, 40, 1e6}) {
      Operand[] inputs = rand(300, 301, 0, 1, 1, 5, "poisson");
      inputs[7] = Scalar.of(lambda);
      DenseMatrix x = run("rand", inputs);
      double error = 5 * Math.sqrt(lambda / x.cells());
      assertThat(mean(x, v -> v)).isBetween(lambda - error, lambda + error);
      assertThat(mean(x, v -> (v - lambda) * (v - lambda))).isBetween(0.95 * lambda, 1.05 * lambda);
      assertThat(mean(x, v -> v >= 0 && v == Math.rint(v) ? 1 : 0)).isEqualTo(1);
    }
  }

  @Test
  void sparseMatricesKeepTheValuesOfDenseOnes() {
    DenseMatrix dense = run("rand", rand(300, 300, 1, 2, 1, 9, "uniform"));
    DenseMatrix sparse = run("rand", rand(300, 300, 1, 2, 0.2, 9, "uniform"));
    for (long i = 0; i < 300; i++) {
      for (long j = 0; j < 300; j++) {
        double cell = sparse.get(i, j);
        assertThat(cell == 0 || cell == dense.get(i, j)).isTrue();
      }
    }
    assertThat(mean(sparse, v -> v == 0 ? 0 : 1)).isBetween(0.19, 0.21);
    DenseMatrix none = run("rand", rand(5, 5, 1, 2, 0, 9, "uniform"));
    assertThat(mean(none, v -> v)).isZero();
  }

  @Test
  void equalBoundsGiveAConstantAndReversedOnesTheSameRange() {
    assertClose(run("rand", rand(2, 2, 1, 1, 1, 3, "uniform")), new double[][] {{1, 1}, {1, 1}}, 0);
    DenseMatrix x = run("rand", rand(100, 100, 5, 1, 1, 3, "uniform"));
    assertThat(mean(x, v -> v > 1 && v <= 5 ? 1 : 0)).isEqualTo(1);
  }

  @Test
  void wrongParametersOfRandAreRefused() {
    assertRefused("pdf", "rand", rand(2, 2, 0, 1, 1, 3, "cauchy"));
    assertRefused("sparsity", "rand", rand(2, 2, 0, 1, 2, 3, "uniform"));
    assertRefused("rows", "rand", rand(-2, 2, 0, 1, 1, 3, "uniform"));
    assertRefused("finite", "rand", rand(2, 2, 0, Double.NaN, 1, 3, "uniform"));
    Operand[] poisson = rand(2, 2, 0, 1, 1, 3, "poisson");
    poisson[7] = Scalar.of(0.0);
    assertRefused("lambda", "rand", poisson);
  }

  private void assertRefused(String word, String opcode, Operand... inputs) {
    assertThatThrownBy(() -> run(opcode, inputs))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(word);
  }

  @Test
  void matricesAreFilledFromANumberATextOrAMatrix() {
    double[][] threes = {{3, 3}, {3, 3}};
    assertClose(run("matrix", Scalar.of(3.0), of(2), of(2)), threes, 0);
    assertClose(
        run("matrix", Scalar.of(" 1 -2e1\tNaN\n -Inf "), of(2), of(2)),
        new double[][] {{1, -20}, {Double.NaN, Double.NEGATIVE_INFINITY}},
        0);
    DenseMatrix data = matrix(new double[] {1, 2}, new double[] {3, 4}, new double[] {5, 6});
    assertClose(
        run("matrix", data, of(2), of(3), Scalar.of(true)),
        new double[][] {{1, 2, 3}, {4, 5, 6}},
        0);
    assertClose(
        run("matrix", data, of(2), of(3), Scalar.of(false)),
        new double[][] {{1, 5, 4}, {3, 2, 6}},
        0);
    assertThat(run("matrix", Scalar.of(""), of(0), of(3)).cols()).isEqualTo(3);
    Operand[] large = {Scalar.of(1.5), of(700), of(301), Scalar.of(true)};
    assertSameBitsWithAnyThreads("matrix", NONE, large);
    Operand[] reshaped = {run("matrix", large), of(301), of(700), Scalar.of(false)};
    assertSameBitsWithAnyThreads("matrix", NONE, reshaped);
  }

  @Test
  void cellsThatDoNotFitTheShapeAreRefused() {
    assertRefused("5", "matrix", Scalar.of("1 2 3 4 5"), of(2), of(2));
    assertRefused("abc", "matrix", Scalar.of("1 abc 3 4"), of(2), of(2));
    assertRefused("shape", "matrix", matrix(new double[] {1, 2}), of(2), of(2));
  }

  @Test
  void sequencesRunUpAndDown() {
    assertClose(run("seq", of(1), of(3)), new double[][] {{1}, {2}, {3}}, 0);
    assertClose(run("seq", of(0), of(-2)), new double[][] {{0}, {-1}, {-2}}, 0);
    assertClose(run("seq", Scalar.of(1.0), Scalar.of(0.5)), new double[][] {{1}}, 0);
    assertClose(run("seq", of(10), of(1), of(-4)), new double[][] {{10}, {6}, {2}}, 0);
    assertThat(run("seq", of(0), of(1), Scalar.of(0.01)).rows()).isEqualTo(101);
    assertThat(run("seq", of(0), Scalar.of(0.3), Scalar.of(0.1)).rows()).isEqualTo(3);
    assertThat(run("seq", of(0), of(100), Scalar.of(0.1)).rows()).isEqualTo(1001);
    assertRefused("steps of -1", "seq", of(1), of(5), of(-1));
    assertRefused("steps of 0", "seq", of(3), of(3), of(0));
  }

  @Test
  void samplesWithoutReplacementArePermutations() {
    for (long[] sizes : new long[][] {{5, 5}, {1000, 1000}, {1000, 100}, {1L << 40, 50}, {3, 0}}) {
      Operand[] inputs = {of(sizes[0]), of(sizes[1]), Scalar.of(false), of(7)};
      DenseMatrix sample = run("sample", inputs);
      double[] cells = new double[(int) sizes[1]];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = sample.get(i, 0);
        assertThat(cells[i]).isBetween(1.0, (double) sizes[0]);
      }
      assertThat(Arrays.stream(cells).distinct().count()).isEqualTo(cells.length);
      assertSameBitsWithAnyThreads("sample", NONE, inputs);
    }
  }

  @Test
  void samplesHitEveryNumberEquallyOften() {
    int[] firsts = new int[4];
    for (int seed = 0; seed < 4000; seed++) {
      DenseMatrix sample = run("sample", of(4), of(2), Scalar.of(false), of(seed));
      firsts[(int) sample.get(0, 0) - 1]++;
    }
    assertThat(Arrays.stream(firsts).boxed().toList())
        .allSatisfy(count -> assertThat(count).isBetween(870, 1130));
    DenseMatrix many = run("sample", of(3), of(30000), Scalar.of(true), of(1));
    assertThat(mean(many, v -> v == 2 ? 1 : 0)).isBetween(0.32, 0.345);
    assertRefused("without replacement", "sample", of(3), of(5), Scalar.of(false), of(1));
  }

  @Test
  void tablesSumTheWeightsOfPairs() {
    DenseMatrix a = column(1, 2, 2, 3);
    DenseMatrix b = column(1, 1, 2, 3);
    assertClose(run("table", a, b), new double[][] {{1, 0, 0}, {1, 1, 0}, {0, 0, 1}}, 0);
    assertClose(
        run("table", a, b, column(1, 10, 100, 1000)),
        new double[][] {{1, 0, 0}, {10, 100, 0}, {0, 0, 1000}},
        0);
    assertClose(
        run("table", a, b, Scalar.of(2.5), of(2), of(4)),
        new double[][] {{2.5, 0, 0, 0}, {2.5, 2.5, 0, 0}},
        0);
    assertClose(run("table", column(1.5, 2.7), Scalar.of(2.9)), new double[][] {{0, 1}, {0, 1}}, 0);
    assertClose(run("table", column(1, 1, Double.NaN), column(1, 1, 2)), new double[][] {{2}}, 0);
    assertClose(
        run("table", column(1, 2, 3), column(2, 1, Double.NaN)),
        new double[][] {{0, 1}, {1, 0}, {0, 0}},
        0);
    assertRefused("at least 1", "table", column(1, 0), column(1, 1));
    assertRefused("equal shape", "table", a, column(1, 2));
  }

  @Test
  void outerCombinesEveryPair() {
    DenseMatrix x = column(1, 2, 3);
    DenseMatrix y = matrix(new double[] {1, 2});
    assertClose(run("outer", x, y), new double[][] {{1, 2}, {2, 4}, {3, 6}}, 0);
    assertClose(run("outer", x, y, Scalar.of("<")), new double[][] {{0, 1}, {0, 0}, {0, 0}}, 0);
    assertClose(run("outer", x, y, Scalar.of("min")), new double[][] {{1, 1}, {1, 2}, {1, 2}}, 0);
    assertClose(
        run("outer", x, y, Scalar.of("bitwShiftL")), new double[][] {{2, 4}, {4, 8}, {6, 12}}, 0);
    assertClose(run("outer", x, y, Scalar.of("||")), new double[][] {{1, 1}, {1, 1}, {1, 1}}, 0);
    assertClose(run("outer", x, y, Scalar.of("xor")), new double[][] {{0, 0}, {0, 0}, {0, 0}}, 0);
    assertRefused("foo", "outer", x, y, Scalar.of("foo"));
    assertRefused("column", "outer", x, x);
  }
}
