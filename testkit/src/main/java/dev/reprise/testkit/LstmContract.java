package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code lstm} and its gradient. */
public abstract class LstmContract extends DeviceContract {
  private static final double TOLERANCE = 1e-11;

  /** Examples, steps, features, units. */
  private static final int[][] SHAPES = {
    {1, 1, 1, 1},
    {2, 3, 2, 2},
    {3, 1, 4, 2},
    {1, 5, 1, 3},
    {19, 4, 3, 2},
    {150, 6, 17, 9},
    {12, 15, 5, 16},
    {40, 3, 6, 8},
    {600, 2, 3, 16}
  };

  private Operand[] operands(SplittableRandom random, int[] shape, boolean sequences) {
    int features = shape[2];
    int units = shape[3];
    return new Operand[] {
      randomMatrix(random, shape[0], (long) shape[1] * features),
      randomMatrix(random, features + units, 4L * units),
      randomMatrix(random, 1, 4L * units),
      randomMatrix(random, shape[0], units),
      randomMatrix(random, shape[0], units),
      Scalar.of(sequences)
    };
  }

  @Test
  void everyStepFollowsTheDefinition() {
    SplittableRandom random = random(31);
    for (int[] shape : SHAPES) {
      for (boolean sequences : new boolean[] {true, false}) {
        Operand[] operands = operands(random, shape, sequences);
        assertForward(shape, sequences, operands);
        assertSameBitsWithAnyThreads("lstm", Attributes.none(), operands);
      }
    }
  }

  private void assertForward(int[] shape, boolean sequences, Operand[] operands) {
    int steps = shape[1];
    int units = shape[3];
    double[][] state = Matrices.toArray((DenseMatrix) operands[4]);
    double[][] hidden = Matrices.toArray((DenseMatrix) operands[3]);
    double[][] out = new double[shape[0]][steps * units];
    double[][] cacheOut = new double[steps][shape[0] * units];
    double[][] cacheC = new double[steps][shape[0] * units];
    double[][] cacheGates = new double[steps][shape[0] * 4 * units];
    for (int n = 0; n < shape[0]; n++) {
      for (int t = 0; t < steps; t++) {
        double[] gates = gates(shape, operands, n, t, hidden[n]);
        for (int j = 0; j < units; j++) {
          state[n][j] = gates[units + j] * state[n][j] + gates[j] * gates[3 * units + j];
          hidden[n][j] = gates[2 * units + j] * Math.tanh(state[n][j]);
          out[n][t * units + j] = hidden[n][j];
          cacheOut[t][n * units + j] = hidden[n][j];
          cacheC[t][n * units + j] = state[n][j];
        }
        System.arraycopy(gates, 0, cacheGates[t], n * 4 * units, 4 * units);
      }
    }
    double[][][] expected = {sequences ? out : hidden, state, cacheOut, cacheC, cacheGates};
    Operand[] found = runAll("lstm", Attributes.none(), operands);
    for (int i = 0; i < expected.length; i++) {
      assertClose((DenseMatrix) found[i], expected[i], TOLERANCE);
    }
  }

  private static double[] gates(int[] shape, Operand[] operands, int n, int t, double[] hidden) {
    DenseMatrix x = (DenseMatrix) operands[0];
    DenseMatrix weights = (DenseMatrix) operands[1];
    DenseMatrix bias = (DenseMatrix) operands[2];
    int features = shape[2];
    int units = shape[3];
    double[] gates = new double[4 * units];
    for (int j = 0; j < gates.length; j++) {
      double sum = bias.get(0, j);
      for (int d = 0; d < features; d++) {
        sum += x.get(n, (long) t * features + d) * weights.get(d, j);
      }
      for (int m = 0; m < units; m++) {
        sum += hidden[m] * weights.get(features + m, j);
      }
      gates[j] = j < 3 * units ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
    }
    return gates;
  }

  @Test
  void gradientsAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(32);
    for (int i = 0; i < 5; i++) {
      for (boolean sequences : new boolean[] {true, false}) {
        Operand[] operands = operands(random, SHAPES[i], sequences);
        int units = SHAPES[i][3];
        long cols = sequences ? (long) SHAPES[i][1] * units : units;
        DenseMatrix dout = randomMatrix(random, SHAPES[i][0], cols);
        DenseMatrix dc = randomMatrix(random, SHAPES[i][0], units);
        Operand[] all = backward(operands, dout, dc);
        Operand[] gradients = runAll("lstm_backward", Attributes.none(), all);
        DoubleSupplier loss =
            () -> {
              Operand[] results = runAll("lstm", Attributes.none(), operands);
              return ConvolutionContract.dot((DenseMatrix) results[0], dout)
                  + ConvolutionContract.dot((DenseMatrix) results[1], dc);
            };
        String[] names = {"X", "W", "b", "out0", "c0"};
        for (int j = 0; j < names.length; j++) {
          FiniteDifferences.assertGradient(
              names[j], (DenseMatrix) operands[j], (DenseMatrix) gradients[j], loss);
        }
      }
    }
  }

  private Operand[] backward(Operand[] operands, DenseMatrix dout, DenseMatrix dc) {
    Operand[] caches = runAll("lstm", Attributes.none(), operands);
    return Stream.of(operands, new Operand[] {dout, dc}, Arrays.copyOfRange(caches, 2, 5))
        .flatMap(Arrays::stream)
        .toArray(Operand[]::new);
  }

  @Test
  void gradientsDoNotDependOnTheNumberOfThreads() {
    SplittableRandom random = random(33);
    for (int[] shape : SHAPES) {
      Operand[] operands = operands(random, shape, true);
      DenseMatrix dout = randomMatrix(random, shape[0], (long) shape[1] * shape[3]);
      DenseMatrix dc = randomMatrix(random, shape[0], shape[3]);
      assertSameBitsWithAnyThreads(
          "lstm_backward", Attributes.none(), backward(operands, dout, dc));
    }
  }

  @Test
  void noExamplesGiveNoGradient() {
    Operand[] operands = operands(random(34), new int[] {0, 2, 3, 2}, false);
    DenseMatrix none = emptyMatrix(0, 2);
    Operand[] gradients =
        runAll("lstm_backward", Attributes.none(), backward(operands, none, none));
    assertThat(((DenseMatrix) gradients[0]).rows()).isZero();
    assertClose((DenseMatrix) gradients[1], new double[5][8], 0);
    assertClose((DenseMatrix) gradients[2], new double[1][8], 0);
  }

  @Test
  void operandsThatDoNotFitAreRefusedWithTheSizes() {
    Operand[] operands = operands(random(35), new int[] {2, 3, 2, 2}, true);
    assertRefused(operands, 1, emptyMatrix(4, 6), "4x6 for the 2 units that 'out0' has columns");
    assertRefused(operands, 0, emptyMatrix(2, 5), "2 columns per step");
    assertRefused(operands, 2, emptyMatrix(1, 7), "needs 'b' of shape 1x8 (2 examples, 3 steps");
    assertRefused(operands, 4, emptyMatrix(3, 2), "needs 'c0' of shape 2x2");
  }

  private void assertRefused(Operand[] operands, int at, Operand operand, String message) {
    Operand[] changed = operands.clone();
    changed[at] = operand;
    assertThatThrownBy(() -> run("lstm", changed))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(message);
  }
}
