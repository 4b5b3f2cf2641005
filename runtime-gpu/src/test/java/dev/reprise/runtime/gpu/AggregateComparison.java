package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Aggregates agree with the processor's, for shapes of every kind in both precisions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AggregateComparison {
  private static final long[][] SHAPES = {
    {1, 1},
    {1, 700},
    {700, 1},
    {33, 65},
    {1000, 3},
    {3, 1000},
    {257, 511},
    {100_000, 1},
    {2, 40_000},
    {20_000, 7},
    {5, 3000}
  };

  private static final List<String> SUMS = List.of("sum", "mean", "var", "sd", "prod");
  private static final List<String> LINE_SUMS = List.of("Sums", "Means", "Vars", "Sds", "Prods");
  private static final List<String> EXTREMES = List.of("Mins", "Maxs", "IndexMax", "IndexMin");

  private final Comparison comparison;
  private final Precision[] precisions;

  /**
   * @param accelerator owned by this class from now on
   */
  protected AggregateComparison(Accelerator accelerator, Precision... precisions) {
    this.comparison = new Comparison(accelerator);
    this.precisions = precisions;
  }

  @AfterEach
  void release() {
    comparison.releaseOperands();
  }

  @AfterAll
  void close() {
    comparison.close();
  }

  /** Sums of cells of both signs; fp32 results are rounded once, to 2^-24. */
  private static double tolerance(Precision precision) {
    return precision == Precision.FP64 ? 1e-12 : 1e-6;
  }

  private void assertClose(String opcode, Precision precision, Operand... inputs) {
    comparison.assertWithin(tolerance(precision), opcode, Attributes.none(), precision, inputs);
  }

  private void assertEqual(String opcode, Precision precision, Operand... inputs) {
    comparison.assertEqual(opcode, Attributes.none(), precision, inputs);
  }

  @FunctionalInterface
  private interface Check {
    void run(DenseMatrix x, Precision precision);
  }

  private void forEachMatrix(long seed, boolean wild, Check check) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Precision precision : precisions) {
      for (long[] shape : SHAPES) {
        check.run(comparison.matrix(random, shape[0], shape[1], precision, wild), precision);
      }
    }
  }

  @Test
  void sumsMeansVariancesAndProductsAgree() {
    for (boolean wild : new boolean[] {false, true}) {
      forEachMatrix(
          1,
          wild,
          (x, precision) -> {
            SUMS.forEach(name -> assertClose(name, precision, x));
            for (String name : LINE_SUMS) {
              assertClose("row" + name, precision, x);
              assertClose("col" + name, precision, x);
            }
          });
    }
  }

  @Test
  void extremesAndTheirPositionsAreEqual() {
    for (boolean wild : new boolean[] {false, true}) {
      forEachMatrix(
          2,
          wild,
          (x, precision) -> {
            assertEqual("min", precision, x);
            assertEqual("max", precision, x);
            for (String name : EXTREMES) {
              assertEqual("row" + name, precision, x);
              assertEqual("col" + name, precision, x);
            }
          });
    }
  }

  @Test
  void equalExtremesAndZerosOfBothSignsAreEqual() {
    for (Precision precision : precisions) {
      DenseMatrix ties =
          comparison.matrix(300, 70, precision, (i, j) -> (i * 7 + j * 11) % 5 == 0 ? 3 : -3);
      DenseMatrix zeros =
          comparison.matrix(40, 300, precision, (i, j) -> (i + j) % 3 == 0 ? -0.0 : 0.0);
      DenseMatrix infinite =
          comparison.matrix(9, 50, precision, (i, j) -> j < 7 * i ? Double.NaN : -1 / 0.0);
      for (DenseMatrix x : List.of(ties, zeros, infinite)) {
        for (String name : EXTREMES) {
          assertEqual("row" + name, precision, x);
          assertEqual("col" + name, precision, x);
        }
      }
    }
  }

  @Test
  void variancesOfNumbersFarFromZeroAgree() {
    SplittableRandom random = new SplittableRandom(3);
    for (long[] shape : SHAPES) {
      DenseMatrix x =
          comparison.matrix(
              shape[0], shape[1], Precision.FP64, (i, j) -> 1e6 + random.nextGaussian());
      for (String name : List.of("var", "rowVars", "colVars", "sd", "rowSds", "colSds")) {
        assertClose(name, Precision.FP64, x);
      }
    }
  }

  @Test
  void variancesOfLinesThatBeginWithAnOutlierAgree() {
    SplittableRandom random = new SplittableRandom(5);
    for (long[] shape : SHAPES) {
      DenseMatrix x =
          comparison.matrix(
              shape[0],
              shape[1],
              Precision.FP64,
              (i, j) -> i == 0 || j == 0 ? 1e9 : random.nextGaussian());
      for (String name : List.of("var", "rowVars", "colVars")) {
        assertClose(name, Precision.FP64, x);
      }
    }
  }

  @Test
  void sumsThatCancelKeepTheirSmallPart() {
    DenseMatrix x =
        comparison.matrix(
            40_000, 4, Precision.FP64, (i, j) -> (j % 2 == 0 ? 1 : -1) * (double) (i / 2 + 1));
    for (String name : List.of("sum", "rowSums", "colSums")) {
      assertEqual(name, Precision.FP64, x);
    }
  }

  @Test
  void productsOfVeryLargeAndVerySmallNumbersDoNotOverflow() {
    for (Precision precision : precisions) {
      double large = precision == Precision.FP64 ? 0x1p900 : 0x1p100;
      DenseMatrix x =
          comparison.matrix(80, 50, precision, (i, j) -> (i + j) % 2 == 0 ? large : 1.25 / large);
      for (String name : List.of("rowProds", "colProds")) {
        assertClose(name, precision, x);
      }
    }
  }

  @Test
  void tracesAgree() {
    SplittableRandom random = new SplittableRandom(4);
    for (Precision precision : precisions) {
      for (long n : new long[] {1, 2, 33, 300}) {
        assertClose("trace", precision, comparison.matrix(random, n, n, precision, false));
      }
    }
  }
}
