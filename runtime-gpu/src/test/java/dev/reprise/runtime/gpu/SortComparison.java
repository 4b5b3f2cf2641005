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

/** Sorted and filtered rows and tables have the processor's bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SortComparison {
  private static final long[][] SHAPES = {
    {1, 1}, {1, 70}, {700, 1}, {33, 65}, {1000, 3}, {257, 51}, {60_000, 1}
  };

  private final Comparison comparison;
  private final Precision[] precisions;

  /**
   * @param accelerator owned by this class from now on
   */
  protected SortComparison(Accelerator accelerator, Precision... precisions) {
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

  private void assertOrdered(DenseMatrix x, long by, Precision precision) {
    for (boolean decreasing : new boolean[] {false, true}) {
      for (boolean positions : new boolean[] {false, true}) {
        comparison.assertEqual(
            "order",
            Attributes.none(),
            precision,
            x,
            Scalar.of(by),
            Scalar.of(decreasing),
            Scalar.of(positions));
      }
    }
  }

  @Test
  void rowsAreSortedByAnyColumn() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : precisions) {
      for (long[] shape : SHAPES) {
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, true);
        assertOrdered(x, 1, precision);
        assertOrdered(x, shape[1], precision);
      }
    }
  }

  @Test
  void equalRowsStayInOrder() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : precisions) {
      DenseMatrix x =
          comparison.matrix(
              30_000, 2, precision, (i, j) -> j == 1 ? i : random.nextInt(20) * 0.5 - 5);
      assertOrdered(x, 1, precision);
    }
  }

  @Test
  void numbersOfEverySizeAndSignAreOrdered() {
    double[] values = {
      -0.0, 0.0, Double.NaN, 1e-310, -1e-310, 1e300, -1e300, 1 / 0.0, -1 / 0.0, 1, -1, 5e-324
    };
    for (Precision precision : precisions) {
      DenseMatrix x =
          comparison.matrix(600, 2, precision, (i, j) -> values[(int) (i * 7 + j) % values.length]);
      assertOrdered(x, 1, precision);
      assertOrdered(x, 2, precision);
    }
  }

  @Test
  void rowsAndColumnsThatAreEmptyOrNotSelectedGo() {
    SplittableRandom random = new SplittableRandom(4);
    for (Precision precision : precisions) {
      for (long[] shape : SHAPES) {
        for (int one : new int[] {1, 3, 1_000_000}) {
          DenseMatrix x =
              comparison.matrix(
                  shape[0],
                  shape[1],
                  precision,
                  (i, j) ->
                      random.nextInt(one) > 0 || (i * 7 + j) % 5 > 0 && i % 3 > 0
                          ? (i + j) % 2 * -0.0
                          : random.nextInt(9) > 0 ? 3 : Double.NaN);
          for (String margin : List.of("rows", "cols")) {
            long lines = margin.equals("rows") ? shape[0] : shape[1];
            DenseMatrix select =
                comparison.matrix(1, lines, precision, (i, j) -> random.nextInt(2));
            for (boolean emptyReturn : new boolean[] {false, true}) {
              for (Operand selection : List.of(Scalar.absent(), select)) {
                comparison.assertEqual(
                    "removeEmpty",
                    Attributes.none(),
                    precision,
                    x,
                    Scalar.of(margin),
                    selection,
                    Scalar.of(emptyReturn));
              }
            }
          }
        }
      }
    }
  }

  private DenseMatrix numbers(SplittableRandom random, long n, int most, Precision precision) {
    return comparison.matrix(
        n,
        1,
        precision,
        (i, j) -> random.nextInt(50) == 0 ? Double.NaN : 1 + random.nextInt(most) + 0.5);
  }

  @Test
  void tablesCountPairsAndAddTheirWeightsInOrder() {
    SplittableRandom random = new SplittableRandom(3);
    for (Precision precision : precisions) {
      for (long n : new long[] {1, 300, 40_000}) {
        DenseMatrix first = numbers(random, n, 40, precision);
        DenseMatrix second = numbers(random, n, 9, precision);
        DenseMatrix weights = comparison.matrix(random, n, 1, precision, true);
        Scalar rows = Scalar.of(37L);
        Scalar cols = Scalar.of(11.0);
        for (Operand weight :
            List.of(Scalar.absent(), Scalar.of(-2.0), Scalar.of(-0.0), Scalar.of(0.1), weights)) {
          comparison.assertEqual(
              "table", Attributes.none(), precision, first, second, weight, rows, cols);
        }
        comparison.assertEqual(
            "table", Attributes.none(), precision, first, Scalar.of(2L), weights, rows, cols);
      }
    }
  }

  @Test
  void rowNumbersBesideClassesAreEncoded() {
    for (Precision precision : precisions) {
      DenseMatrix rows = comparison.matrix(2000, 1, precision, (i, j) -> i + 1);
      DenseMatrix classes = comparison.matrix(2000, 1, precision, (i, j) -> 1 + i % 10);
      comparison.assertEqual(
          "table",
          Attributes.none(),
          precision,
          rows,
          classes,
          Scalar.absent(),
          Scalar.of(2000L),
          Scalar.of(10L));
    }
  }

  @Test
  void theFirstNumberBelowOneIsReported() {
    for (Precision precision : precisions) {
      DenseMatrix first =
          comparison.matrix(5000, 1, precision, (i, j) -> i == 3 ? Double.NaN : i % 3 + 1);
      DenseMatrix second =
          comparison.matrix(5000, 1, precision, (i, j) -> i == 3 || i > 40 ? 0.5 : 2);
      assertThatThrownBy(() ->
              comparison.assertEqual(
                  "table",
                  Attributes.none(),
                  precision,
                  first,
                  second,
                  Scalar.absent(),
                  Scalar.of(3L),
                  Scalar.of(3L)))
          .isInstanceOf(OperandException.class)
          .hasMessage("'table' needs numbers of at least 1, but pair 42 is 3.0, 0.5");
    }
  }
}
