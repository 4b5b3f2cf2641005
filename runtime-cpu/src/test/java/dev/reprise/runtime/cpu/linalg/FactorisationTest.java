package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.testkit.FactorisationContract;
import dev.reprise.testkit.Matrices;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class FactorisationTest extends FactorisationContract {
  private static final Attributes NONE = Attributes.none();
  private static final int[][] RECTANGLES = {{1, 1}, {3, 3}, {4, 3}, {2, 3}, {70, 20}, {20, 70}};

  private final CpuDevice device = TestDevices.withOpenBlas();

  @Override
  protected Device device() {
    return device;
  }

  @AfterAll
  void close() {
    assertThat(device.notes()).isEmpty();
    device.close();
  }

  @Test
  void largeSymmetricMatricesGetTheSignsOfTheQlMethodToo() {
    SplittableRandom random = random(21);
    for (int n : new int[] {49, 80, 120}) {
      for (boolean banded : new boolean[] {false, true}) {
        DenseMatrix a = positiveDefinite(random, n);
        for (int i = 0; banded && i < n; i++) {
          for (int j = 0; j < n; j++) {
            a.set(i, j, Math.abs(i - j) < 2 ? a.get(i, j) : 0);
          }
        }
        DenseMatrix vectors = (DenseMatrix) runAll("eigen", NONE, a)[1];
        Tridiagonal t = new Tridiagonal(Matrices.toArray(a));
        ImplicitQl.run(t.diagonal, t.beside, t.q);
        int[] order = EigenKernel.ascending(t.diagonal);
        int turned = 0;
        for (int j = 0; j < n; j++) {
          double cosine = 0;
          for (int i = 0; i < n; i++) {
            cosine += t.q[i][order[j]] * vectors.get(i, j);
          }
          assertThat(Math.abs(cosine)).isBetween(1 - 1e-9, 1 + 1e-9);
          turned += cosine < 0 ? 1 : 0;
        }
        // A few signs hang on rounding within the QL method itself.
        assertThat(turned).isLessThanOrEqualTo(n / 5);
      }
    }
  }

  @Test
  void eigenOfAMatrixThatIsNotSymmetricNeedsRealEigenvalues() {
    DenseMatrix a = matrix(new double[] {1, 2, 3}, new double[] {4, 5, 6}, new double[] {7, 8, 10});
    Operand[] pair = runAll("eigen", NONE, a);
    assertClose((DenseMatrix) pair[0], new double[][] {{-0.906}, {0.198}, {16.707}}, 1e-3);
    double[][] scaled = Matrices.toArray((DenseMatrix) pair[1]);
    for (double[] row : scaled) {
      for (int j = 0; j < 3; j++) {
        row[j] *= ((DenseMatrix) pair[0]).get(j, 0);
      }
    }
    assertClose(run("matmul", a, pair[1]), scaled, 1e-12);
    DenseMatrix rotation = matrix(new double[] {0, 1}, new double[] {-1, 0});
    assertThatThrownBy(() -> runAll("eigen", NONE, rotation))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("complex");
    DenseMatrix holes = matrix(new double[] {1, Double.NaN}, new double[] {2, 1});
    assertThatThrownBy(() -> runAll("eigen", NONE, holes))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row 1, column 2 is NaN");
  }

  @Test
  void qrGivesHouseholderVectorsAndTheTriangle() {
    DenseMatrix x = matrix(new double[] {1, 2, 3}, new double[] {4, 5, 6}, new double[] {7, 8, 10});
    Operand[] hr = runAll("qr", NONE, x);
    assertClose(
        (DenseMatrix) hr[0],
        new double[][] {{1.123, 0, 0}, {0.492, 1.095, 0}, {0.862, 0.995, 2}},
        6e-4);
    assertClose(
        (DenseMatrix) hr[1],
        new double[][] {{-8.124, -9.601, -11.940}, {0, 0.905, 1.508}, {0, 0, -0.408}},
        6e-4);
    SplittableRandom random = random(23);
    for (int[] shape : RECTANGLES) {
      DenseMatrix y = randomMatrix(random, shape[0], shape[1]);
      Operand[] parts = runAll("qr", NONE, y);
      double[][] product = Matrices.toArray((DenseMatrix) parts[1]);
      for (int j = Math.min(shape[0], shape[1]) - 1; j >= 0; j--) {
        reflect((DenseMatrix) parts[0], j, product);
      }
      assertClose(y, product, 1e-12);
    }
  }

  /** M := (I - h t(h) / h[j]) M. */
  private static void reflect(DenseMatrix h, int j, double[][] m) {
    for (int col = 0; col < m[0].length; col++) {
      double sum = 0;
      for (int i = 0; i < m.length; i++) {
        sum += h.get(i, j) * m[i][col];
      }
      for (int i = 0; i < m.length; i++) {
        m[i][col] -= h.get(i, j) * sum / h.get(j, j);
      }
    }
  }
}
