package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** {@code solve inv det lu cholesky svd} and {@code eigen} of symmetric matrices. */
public abstract class FactorisationContract extends DeviceContract {
  private static final Attributes NONE = Attributes.none();

  /** Well-conditioned systems of order 100 lose a few digits. */
  private static final double TOLERANCE = 1e-9;

  private static final int[][] RECTANGLES = {
    {1, 1}, {3, 3}, {4, 3}, {2, 3}, {48, 48}, {49, 52}, {70, 20}, {20, 70}, {900, 40}
  };

  protected static final int[] ORDERS = {1, 2, 3, 7, 48, 49, 130};

  /** A matrix whose diagonal dominates. */
  protected DenseMatrix regular(SplittableRandom random, int n) {
    DenseMatrix a = randomMatrix(random, n, n);
    for (int i = 0; i < n; i++) {
      a.set(i, i, a.get(i, i) + 3 * Math.sqrt(n));
    }
    return a;
  }

  protected DenseMatrix positiveDefinite(SplittableRandom random, int n) {
    return run("tsmm", randomMatrix(random, n + 5, n));
  }

  protected double[][] times(DenseMatrix a, DenseMatrix b) {
    return Matrices.toArray(run("matmul", a, b));
  }

  protected static double[][] identity(int n) {
    double[][] identity = new double[n][n];
    for (int i = 0; i < n; i++) {
      identity[i][i] = 1;
    }
    return identity;
  }

  @Test
  void theSolutionTimesTheMatrixIsTheRightHandSide() {
    SplittableRandom random = random(11);
    for (int n : ORDERS) {
      for (int columns : new int[] {1, 2, 5}) {
        DenseMatrix a = regular(random, n);
        DenseMatrix b = randomMatrix(random, n, columns);
        DenseMatrix x = run("solve", a, b);
        assertClose(run("matmul", a, x), Matrices.toArray(b), TOLERANCE);
        assertSameBitsWithAnyThreads("solve", NONE, a, b);
      }
    }
  }

  @Test
  void rowsAreExchangedWhereTheDiagonalIsZero() {
    SplittableRandom random = random(16);
    for (int n : new int[] {2, 20, 70, 130}) {
      DenseMatrix a = randomMatrix(random, n, n);
      for (int i = 0; i < n; i++) {
        a.set(i, i, 0);
      }
      DenseMatrix b = randomMatrix(random, n, 3);
      assertClose(run("matmul", a, run("solve", a, b)), Matrices.toArray(b), TOLERANCE);
      assertClose(run("matmul", a, run("inv", a)), identity(n), TOLERANCE);
    }
  }

  @Test
  void largeMatricesThatCannotBeFactorisedAreRefusedWithThePlace() {
    SplittableRandom random = random(17);
    DenseMatrix singular = regular(random, 90);
    for (int i = 0; i < 90; i++) {
      singular.set(70, i, 0);
    }
    assertThatThrownBy(() -> run("solve", singular, randomMatrix(random, 90, 1)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'solve' got a singular matrix of shape 90x90")
        .hasMessageContaining("(pivot 71 is zero)");
    assertThatThrownBy(() -> run("inv", singular))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'inv' got a singular matrix");
    DenseMatrix indefinite = positiveDefinite(random, 90);
    indefinite.set(75, 75, -1);
    assertThatThrownBy(() -> run("cholesky", indefinite))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("the leading 76x76 part of this 90x90 matrix is not");
    indefinite.set(3, 80, 17);
    assertThatThrownBy(() -> run("cholesky", indefinite))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("symmetric");
  }

  @Test
  void theInverseTimesTheMatrixIsTheIdentity() {
    SplittableRandom random = random(12);
    for (int n : ORDERS) {
      DenseMatrix a = regular(random, n);
      assertClose(run("matmul", a, run("inv", a)), identity(n), TOLERANCE);
      assertSameBitsWithAnyThreads("inv", NONE, a);
    }
  }

  @Test
  void aSingularMatrixIsRefusedAndHasDeterminantZero() {
    DenseMatrix a = matrix(new double[] {1, 2}, new double[] {2, 4});
    assertThatThrownBy(() -> run("solve", a, matrix(new double[] {1}, new double[] {1})))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("singular");
    assertThatThrownBy(() -> run("inv", a))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("singular");
    assertThat(runScalar("det", a).asDouble()).isZero();
  }

  @Test
  void determinantsKeepTheSignOfRowExchanges() {
    assertThat(runScalar("det", matrix(new double[] {0, 1}, new double[] {1, 0})).asDouble())
        .isEqualTo(-1);
    DenseMatrix a = matrix(new double[] {1, 2, 3}, new double[] {4, 5, 6}, new double[] {7, 8, 10});
    assertThat(runScalar("det", a).asDouble()).isCloseTo(-3, Offset.offset(1e-12));
  }

  @Test
  void luGivesPermutationUnitLowerAndUpperTriangle() {
    DenseMatrix a = matrix(new double[] {1, 2, 3}, new double[] {4, 5, 6}, new double[] {7, 8, 10});
    Operand[] plu = runAll("lu", NONE, a);
    assertClose((DenseMatrix) plu[0], new double[][] {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}, 0);
    assertClose(
        (DenseMatrix) plu[1],
        new double[][] {{1, 0, 0}, {1 / 7.0, 1, 0}, {4 / 7.0, 0.5, 1}},
        1e-15);
    assertClose(
        (DenseMatrix) plu[2],
        new double[][] {{7, 8, 10}, {0, 6 / 7.0, 11 / 7.0}, {0, 0, -0.5}},
        1e-14);
    SplittableRandom random = random(13);
    for (int n : ORDERS) {
      DenseMatrix b = randomMatrix(random, n, n);
      Operand[] parts = runAll("lu", NONE, b);
      DenseMatrix product = run("matmul", parts[1], parts[2]);
      assertClose(product, times((DenseMatrix) parts[0], b), TOLERANCE);
    }
  }

  @Test
  void choleskyGivesTheLowerTriangle() {
    SplittableRandom random = random(14);
    for (int n : ORDERS) {
      DenseMatrix a = positiveDefinite(random, n);
      DenseMatrix lower = run("cholesky", a);
      Attributes transposed = Attributes.of("tb", "true");
      assertClose(run("matmul", transposed, lower, lower), Matrices.toArray(a), TOLERANCE);
      for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
          assertThat(lower.get(i, j)).isZero();
        }
      }
      assertSameBitsWithAnyThreads("cholesky", NONE, a);
    }
  }

  @Test
  void choleskyRefusesWhatIsNotSymmetricOrNotPositiveDefinite() {
    assertThatThrownBy(() -> run("cholesky", matrix(new double[] {1, 2}, new double[] {2, 1})))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("positive definite");
    assertThatThrownBy(() -> run("cholesky", matrix(new double[] {4, 2}, new double[] {1, 3})))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("symmetric");
  }

  @Test
  void factorisationsOfRectanglesAreRefusedWithTheShape() {
    for (String opcode : new String[] {"inv", "det", "lu", "cholesky", "eigen"}) {
      assertThatThrownBy(() -> runAll(opcode, NONE, emptyMatrix(2, 3)))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("2x3");
    }
    assertThatThrownBy(() -> run("solve", emptyMatrix(4, 3), emptyMatrix(4, 1)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("4x3");
  }

  @Test
  void eigenvaluesOfSymmetricMatricesAscendAndVectorsHaveLengthOne() {
    SplittableRandom random = random(15);
    for (int n : ORDERS) {
      DenseMatrix a = positiveDefinite(random, n);
      Operand[] pair = runAll("eigen", NONE, a);
      DenseMatrix values = (DenseMatrix) pair[0];
      DenseMatrix vectors = (DenseMatrix) pair[1];
      assertThat(values.shape().toString()).isEqualTo(n + "x1");
      double[][] scaled = Matrices.toArray(vectors);
      for (int j = 0; j < n; j++) {
        assertThat(j == 0 || values.get(j - 1, 0) <= values.get(j, 0)).isTrue();
        for (int i = 0; i < n; i++) {
          scaled[i][j] *= values.get(j, 0);
        }
      }
      assertClose(run("matmul", a, vectors), scaled, TOLERANCE);
      assertClose(run("tsmm", vectors), identity(n), TOLERANCE);
      assertSameBitsWithAnyThreads("eigen", NONE, a);
    }
  }

  /** The signs that users of the reference system know; they follow from the QL method. */
  @Test
  void eigenvectorsHaveTheSignsOfTheQlMethod() {
    DenseMatrix a = matrix(new double[] {4, 1, 2}, new double[] {1, 3, 0}, new double[] {2, 0, 5});
    assertClose(
        (DenseMatrix) runAll("eigen", NONE, a)[1],
        new double[][] {{-0.679, 0.374, -0.631}, {0.593, 0.786, -0.172}, {0.432, -0.491, -0.756}},
        6e-4);
    DenseMatrix tridiagonal =
        matrix(
            new double[] {2, -1, 0, 0},
            new double[] {-1, 2, -1, 0},
            new double[] {0, -1, 2, -1},
            new double[] {0, 0, -1, 2});
    assertClose(
        (DenseMatrix) runAll("eigen", NONE, tridiagonal)[1],
        new double[][] {
          {0.372, -0.602, 0.602, -0.372},
          {0.602, -0.372, -0.372, 0.602},
          {0.602, 0.372, -0.372, -0.602},
          {0.372, 0.602, 0.602, 0.372}
        },
        6e-4);
  }

  @Test
  void singularVectorsAndValuesMultiplyToTheMatrix() {
    SplittableRandom random = random(22);
    for (int[] shape : RECTANGLES) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      Operand[] usv = runAll("svd", NONE, x);
      int r = Math.min(shape[0], shape[1]);
      assertThat(((DenseMatrix) usv[0]).shape().toString()).isEqualTo(shape[0] + "x" + r);
      assertThat(((DenseMatrix) usv[2]).shape().toString()).isEqualTo(shape[1] + "x" + r);
      DenseMatrix scaled = run("matmul", usv[0], usv[1]);
      DenseMatrix product = run("matmul", Attributes.of("tb", "true"), scaled, usv[2]);
      assertClose(product, Matrices.toArray(x), 1e-12);
      assertClose(run("tsmm", usv[2]), identity(r), 1e-12);
      assertSameBitsWithAnyThreads("svd", NONE, x);
    }
  }

  /** The signs that users of the reference system know. */
  @Test
  void singularVectorsHaveTheSignsOfTheGolubKahanMethod() {
    DenseMatrix x =
        matrix(
            new double[] {1, 2, 3},
            new double[] {4, 5, 6},
            new double[] {7, 8, 10},
            new double[] {1, 1, 0});
    Operand[] usv = runAll("svd", NONE, x);
    assertClose(
        (DenseMatrix) usv[0],
        new double[][] {
          {0.209, 0.650, -0.584},
          {0.503, 0.002, -0.396},
          {0.837, -0.111, 0.424},
          {0.059, -0.752, -0.568}
        },
        6e-4);
    assertClose(
        (DenseMatrix) usv[1], new double[][] {{17.442, 0, 0}, {0, 1.262, 0}, {0, 0, 0.414}}, 6e-4);
    assertClose(
        (DenseMatrix) usv[2],
        new double[][] {{0.466, -0.689, 0.555}, {0.555, -0.260, -0.790}, {0.689, 0.677, 0.261}},
        6e-4);
    DenseMatrix wide = matrix(new double[] {1, 2, 3}, new double[] {4, 5, 6});
    assertClose(
        (DenseMatrix) runAll("svd", NONE, wide)[2],
        new double[][] {{0.429, -0.806}, {0.566, -0.112}, {0.704, 0.581}},
        6e-4);
  }

  @Test
  void matricesWithoutFullRankHaveSingularValuesOfZero() {
    for (int n : new int[] {4, 60}) {
      double[][] cells = new double[n + 2][n];
      for (int i = 0; i < n + 2; i++) {
        for (int j = 0; j < n; j++) {
          cells[i][j] = j % 2 == 0 ? i + 1 : i * i - 3;
        }
      }
      DenseMatrix x = matrix(cells);
      Operand[] usv = runAll("svd", NONE, x);
      DenseMatrix values = (DenseMatrix) usv[1];
      assertThat(values.get(1, 1)).isPositive();
      assertThat(values.get(2, 2)).isBetween(0.0, 1e-10 * values.get(0, 0));
      DenseMatrix scaled = run("matmul", usv[0], values);
      double tolerance = 1e-13 * values.get(0, 0);
      assertClose(run("matmul", Attributes.of("tb", "true"), scaled, usv[2]), cells, tolerance);
    }
    Operand[] zeros = runAll("svd", NONE, matrix(new double[3][2]));
    assertClose((DenseMatrix) zeros[1], new double[2][2], 0);
  }
}
