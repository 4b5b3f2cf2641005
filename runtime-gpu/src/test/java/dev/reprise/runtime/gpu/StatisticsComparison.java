package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Moments, covariances, quantiles and grouped aggregates agree with the processor's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class StatisticsComparison {
  private static final long[] LENGTHS = {1, 2, 3, 7, 64, 257, 9001};
  private static final Operand NONE = Scalar.absent();

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected StatisticsComparison(Accelerator accelerator) {
    this.comparison = new Comparison(accelerator);
  }

  @AfterEach
  void release() {
    comparison.releaseOperands();
  }

  @AfterAll
  void close() {
    comparison.close();
  }

  private void assertClose(String opcode, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, Attributes.none(), precision, inputs);
    comparison.assertRepeatable(opcode, Attributes.none(), precision, inputs);
  }

  private DenseMatrix positive(SplittableRandom random, long n, Precision precision) {
    return comparison.matrix(n, 1, precision, (i, j) -> 0.5 + random.nextInt(5));
  }

  @FunctionalInterface
  private interface Check {
    void run(SplittableRandom random, long n, Precision precision);
  }

  private static void forEachLength(long seed, Check check) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Precision precision : Precision.values()) {
      for (long n : LENGTHS) {
        check.run(random, n, precision);
      }
    }
  }

  @Test
  void momentsAgreeWithAndWithoutWeights() {
    forEachLength(
        1,
        (random, n, precision) -> {
          DenseMatrix x =
              comparison.matrix(n, 1, precision, (i, j) -> Math.exp(random.nextGaussian()));
          DenseMatrix lying = comparison.matrix(random, 1, n, precision, false);
          DenseMatrix wild = comparison.matrix(random, n, 1, precision, true);
          DenseMatrix weights = positive(random, n, precision);
          for (int order : new int[] {0, 2, 3, 4}) {
            assertClose("moment", precision, x, NONE, Scalar.of((long) order));
            assertClose("moment", precision, x, weights, Scalar.of((long) order));
            assertClose("moment", precision, wild, NONE, Scalar.of((double) order));
          }
          assertClose("moment", precision, lying, weights, Scalar.of(2L));
        });
  }

  @Test
  void covariancesAgreeWithAndWithoutWeights() {
    forEachLength(
        2,
        (random, n, precision) -> {
          DenseMatrix x = comparison.matrix(random, n, 1, precision, false);
          DenseMatrix y =
              comparison.matrix(1, n, precision, (i, j) -> x.get(j, 0) + random.nextGaussian());
          DenseMatrix wild = comparison.matrix(random, n, 1, precision, true);
          DenseMatrix weights = positive(random, n, precision);
          assertClose("cov", precision, x, y, NONE);
          assertClose("cov", precision, x, y, weights);
          assertClose("cov", precision, x, wild, NONE);
        });
  }

  @Test
  void mediansAndQuantilesAreTheSameCells() {
    forEachLength(
        3,
        (random, n, precision) -> {
          DenseMatrix x =
              comparison.matrix(n, 1, precision, (i, j) -> random.nextInt(50) * 0.25 - 4);
          DenseMatrix zeros =
              comparison.matrix(1, n, precision, (i, j) -> random.nextBoolean() ? 0.0 : -0.0);
          DenseMatrix infinite =
              comparison.matrix(n, 1, precision, (i, j) -> 1 / (random.nextInt(3) - 1.0));
          DenseMatrix wild = comparison.matrix(random, n, 1, precision, true);
          for (DenseMatrix sample : List.of(x, zeros, infinite, wild)) {
            comparison.assertEqual("median", Attributes.none(), precision, sample, NONE);
            for (double p : new double[] {0, 0.1, 0.25, 0.5, 0.999, 1}) {
              comparison.assertEqual(
                  "quantile", Attributes.none(), precision, sample, NONE, Scalar.of(p));
            }
          }
        });
  }

  @Test
  void groupsOfRowsAgree() {
    SplittableRandom random = new SplittableRandom(4);
    for (Precision precision : Precision.values()) {
      for (long[] shape : new long[][] {{1, 1}, {7, 3}, {300, 5}, {1, 90}, {6000, 2}}) {
        long n = shape[0] == 1 ? shape[1] : shape[0];
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix wild = comparison.matrix(random, shape[0], shape[1], precision, true);
        DenseMatrix weights = positive(random, n, precision);
        for (int most : new int[] {1, 6, 500}) {
          DenseMatrix groups =
              comparison.matrix(
                  n, 1, precision, (i, j) -> 1 + random.nextInt(most) + 0.5 * (i % 2));
          Operand count = Scalar.of(Math.max(1L, most - 1));
          for (String name : List.of("sum", "count", "mean", "variance")) {
            assertGrouped(precision, x, groups, name, NONE, count, NONE);
            assertGrouped(precision, x, groups, name, weights, count, NONE);
            assertGrouped(precision, wild, groups, name, NONE, count, NONE);
          }
          for (long order = 2; order <= 4; order++) {
            assertGrouped(precision, x, groups, "centralmoment", NONE, count, Scalar.of(order));
          }
          if (x.cells() == n) {
            assertGrouped(precision, x, groups, "mean", weights, NONE, NONE);
          }
          for (String name : List.of("min", "max")) {
            assertGrouped(precision, x, groups, name, weights, count, NONE);
            assertGrouped(precision, wild, groups, name, NONE, count, NONE);
          }
        }
        release();
      }
    }
  }

  private void assertGrouped(
      Precision precision,
      DenseMatrix x,
      DenseMatrix groups,
      String name,
      Operand weights,
      Operand count,
      Operand order) {
    assertClose("aggregate", precision, x, groups, Scalar.of(name), weights, count, order);
  }

  @Test
  void theFirstGroupBelowOneIsReported() {
    for (Precision precision : Precision.values()) {
      DenseMatrix x = comparison.matrix(500, 2, precision, (i, j) -> i);
      DenseMatrix groups = comparison.matrix(500, 1, precision, (i, j) -> i >= 41 ? 0.5 : 2);
      assertThatThrownBy(
              () -> assertGrouped(precision, x, groups, "sum", NONE, Scalar.of(3L), NONE))
          .isInstanceOf(OperandException.class)
          .hasMessage("groups are numbered from 1, but row 42 has group 0.5");
    }
  }

  @Test
  void numbersOfGroupsThatNobodyCanMakeAreReported() {
    for (Precision precision : Precision.values()) {
      DenseMatrix x = comparison.matrix(90, 1, precision, (i, j) -> i);
      double[] numbers = {Double.NaN, -2, 1 / 0.0};
      for (double number : numbers) {
        DenseMatrix groups = comparison.matrix(90, 1, precision, (i, j) -> number);
        assertThatThrownBy(() -> assertGrouped(precision, x, groups, "sum", NONE, NONE, NONE))
            .isInstanceOf(OperandException.class)
            .hasMessage("'aggregate' cannot make " + number + " groups");
      }
      DenseMatrix none = comparison.matrix(90, 1, precision, (i, j) -> 0.5);
      assertThatThrownBy(() -> assertGrouped(precision, x, none, "sum", NONE, NONE, NONE))
          .hasMessage("groups are numbered from 1, but row 1 has group 0.5");
    }
  }
}
