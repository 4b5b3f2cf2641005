package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** {@code batch_norm2d} and its gradient. */
public abstract class BatchNormalisationContract extends DeviceContract {
  private static final double TOLERANCE = 1e-11;
  private static final double EPSILON = 1e-3;
  private static final double MU = 0.9;

  /** Images, channels, cells per channel. */
  private static final int[][] SHAPES = {{2, 3, 4}, {1, 1, 5}, {7, 2, 1}, {5, 1, 6}, {300, 3, 70}};

  /** The operands of one call. */
  private record Layer(
      DenseMatrix x, DenseMatrix gamma, DenseMatrix beta, DenseMatrix mean, DenseMatrix variance) {

    Operand[] operands(String mode) {
      return new Operand[] {
        x, gamma, beta, mean, variance, Scalar.of(mode), Scalar.of(EPSILON), Scalar.of(MU)
      };
    }
  }

  private Layer layer(SplittableRandom random, int[] shape) {
    DenseMatrix variance = randomMatrix(random, shape[1], 1);
    for (int c = 0; c < shape[1]; c++) {
      variance.set(c, 0, 0.5 + random.nextDouble());
    }
    return new Layer(
        randomMatrix(random, shape[0], (long) shape[1] * shape[2]),
        randomMatrix(random, shape[1], 1),
        randomMatrix(random, shape[1], 1),
        randomMatrix(random, shape[1], 1),
        variance);
  }

  @Test
  void trainingNormalisesEachChannelAndMovesTheAverages() {
    SplittableRandom random = random(21);
    for (int[] shape : SHAPES) {
      Layer layer = layer(random, shape);
      Operand[] results = runAll("batch_norm2d", Attributes.none(), layer.operands("train"));
      double[] mean = new double[shape[1]];
      double[] variance = new double[shape[1]];
      double[][] x = Matrices.toArray(layer.x);
      double count = (double) shape[0] * shape[2];
      forEachCell(shape, (n, c, j) -> mean[c] += x[n][j] / count);
      forEachCell(shape, (n, c, j) -> variance[c] += Math.pow(x[n][j] - mean[c], 2) / count);
      assertNormalised(layer, shape, results, mean, variance);
      double[][] movedMean = new double[shape[1]][1];
      double[][] movedVariance = new double[shape[1]][1];
      for (int c = 0; c < shape[1]; c++) {
        movedMean[c][0] = MU * layer.mean.get(c, 0) + (1 - MU) * mean[c];
        movedVariance[c][0] = MU * layer.variance.get(c, 0) + (1 - MU) * variance[c];
      }
      assertClose((DenseMatrix) results[1], movedMean, TOLERANCE);
      assertClose((DenseMatrix) results[2], movedVariance, TOLERANCE);
      assertSameBitsWithAnyThreads("batch_norm2d", Attributes.none(), layer.operands("train"));
    }
  }

  @Test
  void testingUsesTheAveragesAndLeavesThem() {
    SplittableRandom random = random(22);
    for (int[] shape : SHAPES) {
      Layer layer = layer(random, shape);
      Operand[] results = runAll("batch_norm2d", Attributes.none(), layer.operands("test"));
      double[] mean = new double[shape[1]];
      double[] variance = new double[shape[1]];
      for (int c = 0; c < shape[1]; c++) {
        mean[c] = layer.mean.get(c, 0);
        variance[c] = layer.variance.get(c, 0);
      }
      assertNormalised(layer, shape, results, mean, variance);
      assertClose((DenseMatrix) results[1], Matrices.toArray(layer.mean), 0);
      assertClose((DenseMatrix) results[2], Matrices.toArray(layer.variance), 0);
    }
  }

  @FunctionalInterface
  private interface Cell {
    void at(int n, int c, int j);
  }

  private static void forEachCell(int[] shape, Cell body) {
    for (int n = 0; n < shape[0]; n++) {
      for (int j = 0; j < shape[1] * shape[2]; j++) {
        body.at(n, j / shape[2], j);
      }
    }
  }

  private static void assertNormalised(
      Layer layer, int[] shape, Operand[] results, double[] mean, double[] variance) {
    double[][] expected = Matrices.toArray(layer.x);
    double[][] means = new double[shape[1]][1];
    double[][] inverses = new double[shape[1]][1];
    for (int c = 0; c < shape[1]; c++) {
      means[c][0] = mean[c];
      inverses[c][0] = 1 / Math.sqrt(variance[c] + EPSILON);
    }
    forEachCell(
        shape,
        (n, c, j) -> {
          double normal = (expected[n][j] - mean[c]) * inverses[c][0];
          expected[n][j] = normal * layer.gamma.get(c, 0) + layer.beta.get(c, 0);
        });
    assertClose((DenseMatrix) results[0], expected, TOLERANCE);
    assertClose((DenseMatrix) results[3], means, TOLERANCE);
    assertClose((DenseMatrix) results[4], inverses, TOLERANCE);
  }

  @Test
  void gradientsAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(23);
    for (int i = 0; i < 4; i++) {
      Layer layer = layer(random, SHAPES[i]);
      DenseMatrix dout = randomMatrix(random, layer.x.rows(), layer.x.cols());
      DoubleSupplier loss =
          () -> ConvolutionContract.dot(run("batch_norm2d", layer.operands("train")), dout);
      Operand[] forward = runAll("batch_norm2d", Attributes.none(), layer.operands("train"));
      Operand[] operands = {layer.x, dout, layer.gamma, Scalar.of(EPSILON), forward[3], forward[4]};
      Operand[] gradients = runAll("batch_norm2d_backward", Attributes.none(), operands);
      FiniteDifferences.assertGradient("X", layer.x, (DenseMatrix) gradients[0], loss);
      FiniteDifferences.assertGradient("gamma", layer.gamma, (DenseMatrix) gradients[1], loss);
      FiniteDifferences.assertGradient("beta", layer.beta, (DenseMatrix) gradients[2], loss);
      assertSameBitsWithAnyThreads("batch_norm2d_backward", Attributes.none(), operands);
    }
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    Layer layer = layer(random(24), new int[] {2, 3, 4});
    assertThatThrownBy(() -> run("batch_norm2d", layer.operands("eval")))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("\"train\" and \"test\", but got \"eval\"");
    Operand[] operands = layer.operands("train");
    operands[2] = matrix(new double[] {1, 2});
    assertThatThrownBy(() -> run("batch_norm2d", operands))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("each of 3 channels in 'beta', but got 2");
    operands[1] = matrix(new double[] {1, 2, 3, 4, 5});
    assertThatThrownBy(() -> run("batch_norm2d", operands))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("5 numbers for an input of shape 2x12");
  }
}
