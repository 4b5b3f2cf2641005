package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Operations that move cells and change none. */
public abstract class ShapeContract extends DeviceContract {
  private static final Scalar ALL = Scalar.absent();

  @Test
  void transposingMovesEveryCell() {
    SplittableRandom random = random(1);
    long[][] shapes = {{0, 3}, {1, 1}, {1, 50}, {3, 5}, {65, 63}, {2000, 3}, {3, 2000}, {513, 700}};
    for (long[] shape : shapes) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      double[][] expected = new double[(int) x.cols()][(int) x.rows()];
      for (int i = 0; i < x.rows(); i++) {
        for (int j = 0; j < x.cols(); j++) {
          expected[j][i] = x.get(i, j);
        }
      }
      assertClose(run("t", x), expected, 0);
    }
  }

  @Test
  void partsOfBoundMatricesAreTheMatricesThatWereBound() {
    SplittableRandom random = random(2);
    DenseMatrix a = randomMatrix(random, 300, 7);
    DenseMatrix b = randomMatrix(random, 300, 130);
    DenseMatrix both = run("cbind", a, b);
    assertClose(run("rightIndex", both, ALL, ALL, of(1), of(7)), Matrices.toArray(a), 0);
    assertClose(run("rightIndex", both, ALL, ALL, of(8), of(137)), Matrices.toArray(b), 0);
    DenseMatrix stacked = run("rbind", a, a, a);
    assertClose(run("rightIndex", stacked, of(301), of(600)), Matrices.toArray(a), 0);
    assertClose(run("rightIndex", stacked, of(2), ALL, of(3)), new double[][] {{a.get(1, 2)}}, 0);
  }

  @Test
  void replacingAPartLeavesTheRestAndTheSource() {
    SplittableRandom random = random(3);
    DenseMatrix x = randomMatrix(random, 50, 40);
    DenseMatrix part = randomMatrix(random, 9, 11);
    double[][] expected = Matrices.toArray(x);
    for (int i = 0; i < 9; i++) {
      for (int j = 0; j < 11; j++) {
        expected[4 + i][19 + j] = part.get(i, j);
      }
    }
    double[][] before = Matrices.toArray(x);
    assertClose(run("leftIndex", x, part, of(5), of(13), of(20), of(30)), expected, 0);
    assertClose(x, before, 0);
    assertThat(run("leftIndex", x, Scalar.of(1.5), of(2), ALL, of(3)).get(1, 2)).isEqualTo(1.5);
  }

  @Test
  void indexesOutOfRangeAreRefusedWithTheShape() {
    DenseMatrix x = emptyMatrix(2, 3);
    for (long row : new long[] {0, 3, -1}) {
      assertThatThrownBy(() -> run("rightIndex", x, of(row)))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("2x3");
    }
    assertThatThrownBy(() -> run("leftIndex", x, x, of(1))).isInstanceOf(OperandException.class);
    assertThatThrownBy(() -> run("cbind", x, emptyMatrix(3, 3)))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void reversingTwiceGivesTheMatrixBack() {
    DenseMatrix x = randomMatrix(random(4), 501, 9);
    assertClose(run("rev", run("rev", x)), Matrices.toArray(x), 0);
    assertClose(run("roll", run("roll", x, of(100)), of(401)), Matrices.toArray(x), 0);
  }

  @Test
  void rollingMovesRowsDownWhateverTheSignOfTheShift() {
    DenseMatrix x = matrix(new double[] {1, 2}, new double[] {3, 4}, new double[] {5, 6});
    double[][] byOne = {{5, 6}, {1, 2}, {3, 4}};
    for (long shift : new long[] {1, 4, -2, -5}) {
      assertClose(run("roll", x, of(shift)), byOne, 0);
    }
    assertClose(run("roll", x, of(-3)), Matrices.toArray(x), 0);
  }

  @Test
  void diagonalsOfDiagonalMatricesAreTheColumnsTheyWereMadeOf() {
    DenseMatrix column = randomMatrix(random(5), 33, 1);
    DenseMatrix square = run("diag", column);
    for (long i = 0; i < 33; i++) {
      for (long j = 0; j < 33; j++) {
        assertThat(square.get(i, j)).isEqualTo(i == j ? column.get(i, 0) : 0);
      }
    }
    assertClose(run("diag", square), Matrices.toArray(column), 0);
    assertThatThrownBy(() -> run("diag", emptyMatrix(2, 3)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3");
  }

  @Test
  void rowsAreOrderedStably() {
    DenseMatrix x =
        matrix(
            new double[] {3, 1},
            new double[] {3, 1},
            new double[] {2, 2},
            new double[] {1, 5},
            new double[] {1, 4});
    DenseMatrix up = run("order", x, of(1), Scalar.of(false), Scalar.of(true));
    assertClose(up, new double[][] {{4}, {5}, {3}, {1}, {2}}, 0);
    DenseMatrix down = run("order", x, of(1), Scalar.of(true), Scalar.of(true));
    assertClose(down, new double[][] {{1}, {2}, {3}, {4}, {5}}, 0);
  }

  private static Scalar of(long value) {
    return Scalar.of(value);
  }
}
