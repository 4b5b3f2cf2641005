package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Moves of cells leave the processor's bits, for shapes of every kind in both precisions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ShapeComparison {
  private static final long[][] SHAPES = {
    {1, 1}, {1, 700}, {700, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 511}, {64, 64}, {50000, 1}
  };

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ShapeComparison(Accelerator accelerator) {
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

  @FunctionalInterface
  private interface Check {
    void run(SplittableRandom random, DenseMatrix x, Precision precision);
  }

  private void forEachMatrix(long seed, Check check) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        check.run(
            random, comparison.matrix(random, shape[0], shape[1], precision, true), precision);
      }
    }
  }

  private void assertEqual(String opcode, Precision precision, Operand... inputs) {
    comparison.assertEqual(opcode, Attributes.none(), precision, inputs);
  }

  @Test
  void transposedReversedAndRolledMatricesAreEqual() {
    forEachMatrix(
        1,
        (random, x, precision) -> {
          assertEqual("t", precision, x);
          assertEqual("rev", precision, x);
          for (Scalar shift :
              new Scalar[] {Scalar.of(0L), Scalar.of(1L), Scalar.of(-5L), Scalar.of(1234.9)}) {
            assertEqual("roll", precision, x, shift);
          }
        });
  }

  @Test
  void diagonalsAreTakenAndMade() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : Precision.values()) {
      for (long n : new long[] {1, 2, 31, 257}) {
        assertEqual("diag", precision, comparison.matrix(random, n, n, precision, true));
        assertEqual("diag", precision, comparison.matrix(random, n, 1, precision, true));
      }
    }
  }

  @Test
  void rangesAreReadWithEveryFormOfBounds() {
    forEachMatrix(
        3,
        (random, x, precision) -> {
          for (int round = 0; round < 6; round++) {
            Scalar[] rows = bounds(random, x.rows());
            Scalar[] cols = bounds(random, x.cols());
            assertEqual("rightIndex", precision, x, rows[0], rows[1], cols[0], cols[1]);
          }
        });
  }

  @Test
  void rangesAreReplacedByMatricesAndCellsByScalars() {
    forEachMatrix(
        4,
        (random, x, precision) -> {
          for (int round = 0; round < 4; round++) {
            Scalar[] rows = bounds(random, x.rows());
            Scalar[] cols = bounds(random, x.cols());
            DenseMatrix source =
                comparison.matrix(
                    random, extent(rows, x.rows()), extent(cols, x.cols()), precision, true);
            assertEqual("leftIndex", precision, x, source, rows[0], rows[1], cols[0], cols[1]);
          }
          Scalar row = Scalar.of(1 + random.nextLong(x.rows()));
          Scalar col = Scalar.of(1 + random.nextLong(x.cols()));
          assertEqual(
              "leftIndex",
              precision,
              x,
              Scalar.of(Math.PI),
              row,
              Scalar.absent(),
              col,
              Scalar.absent());
          assertEqual("leftIndex", precision, x, Scalar.of(true), row, row, col, col);
        });
  }

  @Test
  void matricesAreBoundBesideAndBelow() {
    forEachMatrix(
        5,
        (random, x, precision) -> {
          DenseMatrix beside = comparison.matrix(random, x.rows(), 17, precision, true);
          assertEqual("cbind", precision, x);
          assertEqual("cbind", precision, x, beside, x);
          DenseMatrix below = comparison.matrix(random, 5, x.cols(), precision, true);
          assertEqual("rbind", precision, x);
          assertEqual("rbind", precision, below, x, below, x);
        });
  }

  /** All, one, or from one to another; as whole numbers and as doubles. */
  private static Scalar[] bounds(SplittableRandom random, long extent) {
    long from = 1 + random.nextLong(extent);
    long to = from + random.nextLong(extent - from + 1);
    return switch (random.nextInt(4)) {
      case 0 -> new Scalar[] {Scalar.absent(), Scalar.absent()};
      case 1 -> new Scalar[] {Scalar.of(from), Scalar.absent()};
      case 2 -> new Scalar[] {Scalar.of(from), Scalar.of(to)};
      default -> new Scalar[] {Scalar.of(from + 0.25), Scalar.of(to + 0.75)};
    };
  }

  private static long extent(Scalar[] bounds, long extent) {
    if (bounds[0].isAbsent()) {
      return extent;
    }
    return bounds[1].isAbsent() ? 1 : bounds[1].asLong() - bounds[0].asLong() + 1;
  }
}
