package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Running aggregates agree with the processor's, for shapes of every kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ScanComparison {
  private static final long[][] SHAPES = {
    {1, 1},
    {1, 700},
    {700, 1},
    {33, 65},
    {1000, 3},
    {257, 511},
    {60_000, 1},
    {20_000, 7},
    {9000, 40}
  };

  private final Comparison comparison;
  private final Precision[] precisions;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ScanComparison(Accelerator accelerator, Precision... precisions) {
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

  /** Running sums are rounded where they are written; fp32 ones to 2^-24. */
  private static double tolerance(Precision precision) {
    return precision == Precision.FP64 ? 1e-12 : 1e-6;
  }

  @Test
  void runningSumsAgreeAndRunningExtremesAreEqual() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : precisions) {
      for (long[] shape : SHAPES) {
        for (boolean wild : new boolean[] {false, true}) {
          DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, wild);
          comparison.assertWithin(tolerance(precision), "cumsum", Attributes.none(), precision, x);
          for (String name : List.of("cummin", "cummax")) {
            comparison.assertEqual(name, Attributes.none(), precision, x);
          }
        }
      }
    }
  }

  @Test
  void infinitiesAndNotANumberLastFromTheirRowOn() {
    for (Precision precision : precisions) {
      for (long cols : new long[] {1, 3, 40}) {
        DenseMatrix x =
            comparison.matrix(
                5000,
                cols,
                precision,
                (i, j) -> i == 3000 + j ? Double.NaN : i == 1500 ? 1 / 0.0 : i % 9 - 4);
        for (String name : List.of("cumsum", "cummin", "cummax")) {
          comparison.assertEqual(name, Attributes.none(), precision, x);
        }
      }
    }
  }

  @Test
  void runningProductsKeepTheOrderOfTheRows() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : precisions) {
      for (long[] shape : new long[][] {{1, 1}, {700, 1}, {33, 65}, {9000, 40}}) {
        DenseMatrix x =
            comparison.matrix(
                shape[0], shape[1], precision, (i, j) -> Math.exp(9 * random.nextGaussian()));
        comparison.assertEqual("cumprod", Attributes.none(), precision, x);
      }
      for (long rows : new long[] {1, 2, 5000}) {
        DenseMatrix x = comparison.matrix(random, rows, 2, precision, false);
        comparison.assertEqual("cumsumprod", Attributes.none(), precision, x);
      }
    }
  }
}
