package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Normalisation of rows, lookup in a dictionary and dropout, with their gradients. */
public abstract class LayerContract extends DeviceContract {
  private static final double TOLERANCE = 1e-12;
  private static final Scalar EPSILON = Scalar.of(1e-3);
  private static final long[][] SHAPES = {{1, 1}, {3, 4}, {7, 1}, {2, 300}, {501, 33}};

  private Operand[] normalisation(SplittableRandom random, long[] shape) {
    return new Operand[] {
      randomMatrix(random, shape[0], shape[1]),
      randomMatrix(random, 1, shape[1]),
      randomMatrix(random, 1, shape[1]),
      EPSILON
    };
  }

  @Test
  void rowsGetMeanZeroAndVarianceOneThenGammaAndBeta() {
    SplittableRandom random = random(61);
    for (long[] shape : SHAPES) {
      Operand[] operands = normalisation(random, shape);
      double[][] norm = Matrices.toArray((DenseMatrix) operands[0]);
      double[][] out = new double[norm.length][(int) shape[1]];
      double[][] inverse = new double[norm.length][1];
      for (int i = 0; i < norm.length; i++) {
        double mean = 0;
        double variance = 0;
        for (double cell : norm[i]) {
          mean += cell / shape[1];
        }
        for (double cell : norm[i]) {
          variance += (cell - mean) * (cell - mean) / shape[1];
        }
        inverse[i][0] = 1 / Math.sqrt(variance + 1e-3);
        for (int j = 0; j < shape[1]; j++) {
          norm[i][j] = (norm[i][j] - mean) * inverse[i][0];
          out[i][j] =
              norm[i][j] * ((DenseMatrix) operands[1]).get(0, j)
                  + ((DenseMatrix) operands[2]).get(0, j);
        }
      }
      Operand[] found = runAll("layer_norm", Attributes.none(), operands);
      assertClose((DenseMatrix) found[0], out, TOLERANCE);
      assertClose((DenseMatrix) found[1], norm, TOLERANCE);
      assertClose((DenseMatrix) found[2], inverse, TOLERANCE);
      assertSameBitsWithAnyThreads("layer_norm", Attributes.none(), operands);
    }
  }

  @Test
  void gradientsOfNormalisedRowsAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(62);
    for (int i = 0; i < 4; i++) {
      long[] shape = {SHAPES[i][0], Math.min(SHAPES[i][1], 40)};
      Operand[] operands = normalisation(random, shape);
      DenseMatrix dout = randomMatrix(random, shape[0], shape[1]);
      Operand[] forward = runAll("layer_norm", Attributes.none(), operands);
      Operand[] gradients =
          runAll(
              "layer_norm_backward", Attributes.none(), dout, forward[1], forward[2], operands[1]);
      DoubleSupplier loss = () -> ConvolutionContract.dot(run("layer_norm", operands), dout);
      String[] names = {"X", "gamma", "beta"};
      for (int j = 0; j < names.length; j++) {
        FiniteDifferences.assertGradient(
            names[j], (DenseMatrix) operands[j], (DenseMatrix) gradients[j], loss);
      }
    }
    DenseMatrix many = randomMatrix(random, 5003, 33);
    DenseMatrix inverse = randomMatrix(random, 5003, 1);
    assertSameBitsWithAnyThreads(
        "layer_norm_backward", Attributes.none(), many, many, inverse, randomMatrix(random, 1, 33));
  }

  @Test
  void rowsOfTheDictionaryStandSideBySideWhereTheirNumbersWere() {
    DenseMatrix words = matrix(new double[] {1, 2}, new double[] {3, 4}, new double[] {5, 6});
    DenseMatrix indices =
        matrix(new double[] {3, 1.9}, new double[] {0, 4}, new double[] {Double.NaN, 2});
    assertClose(
        run("embedding", indices, words),
        new double[][] {{5, 6, 1, 2}, {0, 0, 0, 0}, {0, 0, 3, 4}},
        0);
  }

  @Test
  void gradientsOfLookedUpRowsAddUpByRow() {
    SplittableRandom random = random(63);
    for (long[] shape :
        new long[][] {{1, 1, 1, 1}, {4, 2, 3, 3}, {300, 5, 7, 19}, {900, 1, 2, 3}}) {
      int rows = (int) shape[2];
      DenseMatrix indices = emptyMatrix(shape[0], shape[1]);
      DenseMatrix dout = randomMatrix(random, shape[0], shape[1] * shape[3]);
      double[][] expected = new double[rows][(int) shape[3]];
      double[][] padded = new double[rows][(int) shape[3]];
      for (int i = 0; i < shape[0]; i++) {
        for (int t = 0; t < shape[1]; t++) {
          int word = random.nextInt(rows + 2);
          indices.set(i, t, word);
          for (int j = 0; word >= 1 && word <= rows && j < shape[3]; j++) {
            expected[word - 1][j] += dout.get(i, t * shape[3] + j);
            padded[word - 1][j] = word == 1 ? 0 : expected[word - 1][j];
          }
        }
      }
      Scalar v = Scalar.of((long) rows);
      assertClose(run("embedding_backward", dout, indices, v), expected, TOLERANCE);
      assertClose(run("embedding_backward", dout, indices, v, Scalar.of(1L)), padded, TOLERANCE);
      assertSameBitsWithAnyThreads("embedding_backward", Attributes.none(), dout, indices, v);
    }
  }

  @Test
  void gradientsOfTheDictionaryAreTheSlopesOfTheLookup() {
    SplittableRandom random = random(64);
    DenseMatrix words = randomMatrix(random, 4, 3);
    DenseMatrix indices = matrix(new double[] {1, 4}, new double[] {4, 2}, new double[] {4, 9});
    DenseMatrix dout = randomMatrix(random, 3, 6);
    DoubleSupplier loss = () -> ConvolutionContract.dot(run("embedding", indices, words), dout);
    DenseMatrix gradient = run("embedding_backward", dout, indices, Scalar.of(4L));
    FiniteDifferences.assertGradient("words", words, gradient, loss);
  }

  @Test
  void dropoutKeepsTheCellsThatRandKeepsAndGivesItsSeed() {
    SplittableRandom random = random(65);
    for (long[] shape : new long[][] {{1, 1}, {3, 5}, {129, 257}}) {
      DenseMatrix x = randomMatrix(random, shape[0], shape[1]);
      Scalar share = Scalar.of(0.7);
      Scalar seed = Scalar.of(5L);
      Scalar one = Scalar.of(1.0);
      DenseMatrix mask =
          run("rand", Scalar.of(shape[0]), Scalar.of(shape[1]), one, one, share, seed);
      double[][] expected = Matrices.toArray(x);
      for (int i = 0; i < expected.length; i++) {
        for (int j = 0; j < expected[i].length; j++) {
          expected[i][j] = mask.get(i, j) == 0 ? 0 : expected[i][j] / 0.7;
        }
      }
      Operand[] found = runAll("dropout", Attributes.none(), x, share, seed);
      assertClose((DenseMatrix) found[0], expected, 0);
      assertThat(found[1]).isEqualTo(seed);
      assertClose(run("dropout_backward", x, share, seed), expected, 0);
      assertSameBitsWithAnyThreads("dropout", Attributes.none(), x, share, seed);
    }
  }

  @Test
  void gradientsOfDropoutAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(66);
    DenseMatrix x = randomMatrix(random, 5, 7);
    DenseMatrix dout = randomMatrix(random, 5, 7);
    Scalar share = Scalar.of(0.5);
    Scalar seed = Scalar.of(11L);
    DoubleSupplier loss =
        () ->
            ConvolutionContract.dot(
                (DenseMatrix) runAll("dropout", Attributes.none(), x, share, seed)[0], dout);
    FiniteDifferences.assertGradient("X", x, run("dropout_backward", dout, share, seed), loss);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    DenseMatrix x = emptyMatrix(2, 3);
    assertRefused("'gamma' of shape 1x3, but got 2x3", "layer_norm", x, x, x);
    assertRefused(
        "'cache_norm' of the shape of 'dout'", "layer_norm_backward", x, emptyMatrix(1, 1), x, x);
    assertRefused(
        "as many columns for each index, but got 2x3",
        "embedding_backward",
        x,
        emptyMatrix(2, 2),
        Scalar.of(4L));
    assertRefused("above 0 and up to 1, not 0.0", "dropout", x, Scalar.of(0.0), Scalar.of(1L));
    assertRefused(
        "needs the seed that 'dropout' drew",
        "dropout_backward",
        x,
        Scalar.of(0.5),
        Scalar.of(-1L));
    assertRefused(
        "its second result, not -5", "dropout_backward", x, Scalar.of(0.5), Scalar.of(-5L));
  }

  private void assertRefused(String message, String opcode, Operand... operands) {
    assertThatThrownBy(() -> runAll(opcode, Attributes.none(), operands))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(message);
  }
}
