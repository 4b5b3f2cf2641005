package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Matrices that an accelerator makes from numbers: the bits that the processor makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CreateDifferences {
  private static final long[][] SHAPES = {
    {1, 1}, {1, 7}, {5, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 511}, {100_000, 1}
  };
  private static final long[] SEEDS = {0, 1, -1, 42, Long.MIN_VALUE, 0x1234_5678_9abc_def0L};

  /** The accelerator beside the processor; the subclass opens and closes it. */
  protected abstract Differences differences();

  @AfterEach
  void releaseOperands() {
    differences().releaseOperands();
  }

  private void assertSameRandom(
      Precision precision,
      long[] shape,
      double min,
      double max,
      double sparsity,
      long seed,
      String pdf) {
    differences()
        .assertSame(
            "rand",
            precision,
            Scalar.of(shape[0]),
            Scalar.of(shape[1]),
            Scalar.of(min),
            Scalar.of(max),
            Scalar.of(sparsity),
            Scalar.of(seed),
            Scalar.of(pdf),
            Scalar.of(1.0));
  }

  @Test
  void randomNumbersAreTheProcessors() {
    for (Precision precision : Precision.values()) {
      for (String pdf : List.of("uniform", "normal", "Normal")) {
        for (long[] shape : SHAPES) {
          assertSameRandom(precision, shape, -1, 2, 1, 7, pdf);
          assertSameRandom(precision, shape, 0, 1, 0.3, 8, pdf);
        }
        for (long seed : SEEDS) {
          assertSameRandom(precision, new long[] {31, 33}, 0, 1, 1, seed, pdf);
          assertSameRandom(precision, new long[] {31, 33}, 0, 1, 0.5, seed, pdf);
        }
      }
    }
  }

  @Test
  void boundsOfAnyKindGiveTheProcessorsNumbers() {
    double[][] bounds = {
      {5, 1},
      {3, 3},
      {-0.0, -0.0},
      {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY},
      {1, Math.nextUp(1.0)},
      {-1, 0},
      {0, -1},
      {1e308, 1.7e308},
      {16_777_216, 16_777_217},
      {0.1, 0.7}
    };
    for (Precision precision : Precision.values()) {
      for (double[] bound : bounds) {
        assertSameRandom(precision, new long[] {64, 65}, bound[0], bound[1], 1, 5, "uniform");
        assertSameRandom(precision, new long[] {64, 65}, bound[0], bound[1], 0.9, 5, "uniform");
      }
    }
  }

  @Test
  void sequencesThatDoNotRoundAreTheProcessors() {
    double[][] sequences = {
      {1, 10, 1}, {0, -1000, -1}, {-0.0, 5, 1}, {10, 1, -4}, {-3, 3, 0.25}, {5, 5, 1}, {1, 1e5, 1}
    };
    for (Precision precision : Precision.values()) {
      for (double[] numbers : sequences) {
        differences()
            .assertSame(
                "seq",
                precision,
                Scalar.of(numbers[0]),
                Scalar.of(numbers[1]),
                Scalar.of(numbers[2]));
      }
      differences().assertSame("seq", precision, Scalar.of(9L), Scalar.of(2L), Scalar.absent());
    }
  }

  @Test
  void cellsTakeNewShapesByRowsAndByColumns() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(1);
      for (long[] shape : new long[][] {{1, 12}, {12, 1}, {3, 4}, {2, 6}, {60, 70}, {700, 6}}) {
        DenseMatrix x = differences().mixed(random, shape[0], shape[1], precision);
        for (long rows : new long[] {1, 2, 3, 4, 6, 12}) {
          for (boolean byRow : new boolean[] {true, false}) {
            differences()
                .assertSame(
                    "matrix",
                    precision,
                    x,
                    Scalar.of(rows),
                    Scalar.of(x.cells() / rows),
                    Scalar.of(byRow));
          }
        }
      }
      for (double value : new double[] {0, -0.0, 0.1, Double.NaN}) {
        differences()
            .assertSame(
                "matrix",
                precision,
                Scalar.of(value),
                Scalar.of(70L),
                Scalar.of(33.9),
                Scalar.of(true));
      }
    }
  }

  @Test
  void outerCombinesAsTheElementWiseOperatorsDo() {
    String[] operators =
        "* + - / %% %/% < <= > >= == != & && | || xor min max bitwAnd bitwShiftL".split(" ");
    for (long[] shape : new long[][] {{1, 1}, {17, 33}, {1, 300}, {300, 1}}) {
      SplittableRandom random = new SplittableRandom(2);
      DenseMatrix x = differences().mixed(random, shape[0], 1, Precision.FP64);
      DenseMatrix y = differences().mixed(random, 1, shape[1], Precision.FP64);
      for (String operator : operators) {
        differences().assertSame("outer", Precision.FP64, x, y, Scalar.of(operator));
      }
      for (String operator : new String[] {"^", "log"}) {
        differences().assertClose(1e-12, "outer", Precision.FP64, x, y, Scalar.of(operator));
      }
    }
  }
}
