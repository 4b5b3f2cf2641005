package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Operations on compressed matrices run on the accelerator, give what the processor gives but for
 * rounding, and the same bits whenever they are repeated.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SparseComparison {
  /** Rows and columns of the compressed operand. */
  private static final int[][] SHAPES = {
    {1, 1}, {1, 300}, {300, 1}, {33, 65}, {700, 3}, {3, 700}, {257, 211}, {20, 5000}, {5000, 20}
  };

  /** Columns, or rows, of the dense one. */
  private static final int[] WIDTHS = {1, 3, 17, 40};

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected SparseComparison(Accelerator accelerator) {
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

  /** Patterns of stored cells. */
  private enum Pattern {
    /** About one cell of twenty. */
    SCATTERED,
    /** One full row, in every other row one cell at most. */
    ONE_FULL_ROW,
    /** The first column, in two rows of three. */
    FULL_COLUMN,
    NOTHING;

    boolean stores(SplittableRandom random, double row, double col, long rows) {
      return switch (this) {
        case SCATTERED -> random.nextInt(20) == 0;
        case ONE_FULL_ROW -> row == rows / 2 || col == 0 && random.nextBoolean();
        case FULL_COLUMN -> col == 0 && row % 3 != 1;
        case NOTHING -> false;
      };
    }
  }

  private SparseMatrix compressed(
      SplittableRandom random, int rows, int cols, Precision precision, Pattern pattern) {
    DenseMatrix cells = comparison.matrix(random, rows, cols, precision, false);
    boolean[] stored = new boolean[rows * cols];
    for (int at = 0; at < stored.length; at++) {
      stored[at] = pattern.stores(random, at / cols, at % cols, rows);
    }
    return comparison.compressed(cells, cell -> stored[(int) cell[0] * cols + (int) cell[1]]);
  }

  private void assertClose(
      String opcode, Attributes attributes, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, attributes, precision, inputs);
    comparison.assertRepeatable(opcode, attributes, precision, inputs);
  }

  private static Attributes transposing(boolean ta, boolean tb) {
    Attributes attributes = ta ? Attributes.of("ta", "true") : Attributes.none();
    return tb ? attributes.with("tb", "true") : attributes;
  }

  @Test
  protected void productsOfACompressedAndADenseMatrixAreClose() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : Precision.values()) {
      for (int[] shape : SHAPES) {
        Pattern pattern = Pattern.values()[random.nextInt(Pattern.values().length)];
        for (Pattern each : new Pattern[] {Pattern.SCATTERED, pattern}) {
          SparseMatrix x = compressed(random, shape[0], shape[1], precision, each);
          assertProducts(random, x, WIDTHS[random.nextInt(WIDTHS.length)], precision);
          release();
        }
      }
    }
  }

  private void assertProducts(
      SplittableRandom random, SparseMatrix x, int width, Precision precision) {
    for (int mode = 0; mode < 8; mode++) {
      boolean turned = (mode & 1) != 0;
      boolean turnedDense = (mode & 2) != 0;
      boolean right = (mode & 4) != 0;
      long inner = turned != right ? x.rows() : x.cols();
      boolean tall = turnedDense == right;
      DenseMatrix y =
          comparison.matrix(random, tall ? inner : width, tall ? width : inner, precision, false);
      if (right) {
        assertClose("matmul", transposing(turnedDense, turned), precision, y, x);
      } else {
        assertClose("matmul", transposing(turned, turnedDense), precision, x, y);
      }
    }
  }

  /** One cell that is infinite or NaN, which meets zeros that are not stored. */
  @Test
  void aWildCellMeetsTheZerosThatAreNotStored() {
    SplittableRandom random = new SplittableRandom(7);
    double[] wild = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};
    for (Precision precision : Precision.values()) {
      for (int tries = 0; tries < 12; tries++) {
        int rows = 10 + random.nextInt(300);
        int cols = 5 + random.nextInt(30);
        DenseMatrix cells = comparison.matrix(random, rows, cols, precision, false);
        if (tries % 3 > 0) {
          cells.set(random.nextInt(rows), random.nextInt(cols), wild[random.nextInt(3)]);
        }
        SparseMatrix x =
            comparison.compressed(
                cells, cell -> !Double.isFinite(cell[2]) || (cell[0] * 7 + cell[1] * 3) % 5 == 0);
        DenseMatrix y = comparison.matrix(random, cols, 1 + tries % 4 * 6, precision, false);
        DenseMatrix z = comparison.matrix(random, rows, 1 + tries % 4 * 6, precision, false);
        DenseMatrix v = comparison.matrix(random, cols, 1, precision, false);
        if (tries % 2 > 0) {
          double one = wild[random.nextInt(3)];
          y.set(random.nextInt(cols), random.nextInt((int) y.cols()), one);
          z.set(random.nextInt(rows), random.nextInt((int) z.cols()), one);
          v.set(random.nextInt(cols), 0, one);
        }
        assertClose("matmul", Attributes.none(), precision, x, y);
        assertClose("matmul", Attributes.of("ta", "true"), precision, x, z);
        assertClose("matmul", Attributes.of("ta", "true"), precision, z, x);
        assertClose("matmul", transposing(true, true), precision, y, x);
        assertClose("mmchain", Attributes.none(), precision, x, v);
        assertClose("tsmm", Attributes.none(), precision, x);
        release();
      }
    }
  }

  @Test
  void infinitiesAndZerosMeetAsOnTheProcessor() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : Precision.values()) {
      for (int tries = 0; tries < 6; tries++) {
        // Wild cells are stored and met: NaN, infinities, zeros of either sign.
        DenseMatrix cells = comparison.matrix(random, 40, 30, precision, true);
        SparseMatrix x =
            comparison.compressed(cells, cell -> (cell[0] * 7 + cell[1] * 3) % 19 == 0);
        DenseMatrix y = comparison.matrix(random, 30, 5, precision, true);
        DenseMatrix z = comparison.matrix(random, 40, 1, precision, true);
        assertClose("matmul", Attributes.none(), precision, x, y);
        assertClose("matmul", Attributes.of("ta", "true"), precision, x, z);
        assertClose("matmul", Attributes.of("ta", "true"), precision, z, x);
        assertClose("matmul", transposing(true, true), precision, y, x);
        release();
      }
    }
  }

  @Test
  protected void chainsAreClose() {
    SplittableRandom random = new SplittableRandom(3);
    for (Precision precision : Precision.values()) {
      for (int[] shape : SHAPES) {
        SparseMatrix x =
            compressed(
                random,
                shape[0],
                shape[1],
                precision,
                Pattern.values()[random.nextInt(Pattern.values().length)]);
        DenseMatrix v = comparison.matrix(random, shape[1], 1, precision, false);
        DenseMatrix w = comparison.matrix(random, shape[0], 1, precision, false);
        assertClose("mmchain", Attributes.none(), precision, x, v);
        assertClose("mmchain", Attributes.of("with", "*"), precision, x, v, w);
        assertClose("mmchain", Attributes.of("with", "-"), precision, x, v, w);
        release();
      }
    }
  }

  @Test
  void squaresThatFillUpAreClose() {
    SplittableRandom random = new SplittableRandom(4);
    int[][] shapes = {{1, 1}, {500, 12}, {12, 500}, {4000, 33}, {900, 60}};
    for (Precision precision : Precision.values()) {
      for (int[] shape : shapes) {
        for (Pattern pattern : new Pattern[] {Pattern.SCATTERED, Pattern.FULL_COLUMN}) {
          SparseMatrix x = compressed(random, shape[0], shape[1], precision, pattern);
          SparseMatrix turned = compressed(random, shape[1], shape[0], precision, pattern);
          if (pattern == Pattern.SCATTERED && shape[0] > shape[1] && shape[1] < 60) {
            assertClose("tsmm", Attributes.none(), precision, x);
            assertClose("tsmm", Attributes.of("right", "true"), precision, turned);
          }
        }
        release();
      }
    }
  }

  @Test
  void sumsMeansAndExtremesAreClose() {
    SplittableRandom random = new SplittableRandom(5);
    for (Precision precision : Precision.values()) {
      for (int[] shape : SHAPES) {
        for (Pattern pattern : Pattern.values()) {
          SparseMatrix x = compressed(random, shape[0], shape[1], precision, pattern);
          for (String name : "sum mean rowSums colSums rowMeans colMeans".split(" ")) {
            assertClose(name, Attributes.none(), precision, x);
          }
          for (String name : "min max rowMins rowMaxs colMins colMaxs".split(" ")) {
            comparison.assertWithin(0, name, Attributes.none(), precision, x);
          }
          release();
        }
      }
    }
  }

  @Test
  void extremesAndSumsOfWildCellsAreTheProcessors() {
    SplittableRandom random = new SplittableRandom(6);
    for (Precision precision : Precision.values()) {
      DenseMatrix cells = comparison.matrix(random, 40, 30, precision, true);
      SparseMatrix x =
          comparison.compressed(cells, cell -> cell[2] != 0 && (cell[0] + cell[1]) % 6 == 0);
      for (String name : "sum min max rowSums colSums rowMins rowMaxs colMins colMaxs".split(" ")) {
        assertClose(name, Attributes.none(), precision, x);
      }
      release();
    }
  }

  @Test
  void operationsWithFullResultsTakeTheMatrixAsDense() {
    SplittableRandom random = new SplittableRandom(8);
    for (Precision precision : Precision.values()) {
      for (Pattern pattern : Pattern.values()) {
        SparseMatrix x = compressed(random, 90, 70, precision, pattern);
        DenseMatrix y = comparison.matrix(random, 90, 70, precision, true);
        for (String name : "exp log sigmoid cos !".split(" ")) {
          assertClose(name, Attributes.none(), precision, x);
        }
        for (String name : "+ -".split(" ")) {
          assertClose(name, Attributes.none(), precision, x, y);
          assertClose(name, Attributes.none(), precision, y, x);
          assertClose(name, Attributes.none(), precision, x, Scalar.of(1.5));
          assertClose(name, Attributes.none(), precision, Scalar.of(Double.NaN), x);
        }
        assertClose("/", Attributes.none(), precision, Scalar.of(2.0), x);
        release();
      }
    }
  }

  @Test
  void functionsThatKeepZeroKeepTheFormAndDropWhatBecomesZero() {
    SplittableRandom random = new SplittableRandom(7);
    for (Precision precision : Precision.values()) {
      for (Pattern pattern : Pattern.values()) {
        SparseMatrix x = compressed(random, 300, 200, precision, pattern);
        for (String name : "negate abs sign round floor ceil tanh sin atan".split(" ")) {
          comparison.assertCompressed(1e-12, name, precision, x);
        }
        double vanishing = precision == Precision.FP64 ? 0x1p-1073 : 0x1p-149;
        for (double number : new double[] {2.5, -3, vanishing, 0}) {
          comparison.assertCompressed(1e-12, "*", precision, x, Scalar.of(number));
          comparison.assertCompressed(1e-12, "*", precision, Scalar.of(number), x);
        }
        comparison.assertCompressed(1e-12, "/", precision, x, Scalar.of(-7.0));
        comparison.assertCompressed(1e-12, "^", precision, x, Scalar.of(2.0));
        comparison.assertCompressed(0, ">", precision, x, Scalar.of(0.5));
        comparison.assertCompressed(0, "<", precision, x, Scalar.of(0.0));
        comparison.assertCompressed(0, "!=", precision, x, Scalar.of(0.0));
        release();
      }
    }
  }
}
