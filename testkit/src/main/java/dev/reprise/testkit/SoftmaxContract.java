package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Softmax, its losses, activations with a number, and all their gradients. */
public abstract class SoftmaxContract extends DeviceContract {
  private static final double TOLERANCE = 1e-12;
  private static final long[][] SHAPES = {{1, 1}, {3, 4}, {7, 1}, {1, 300}, {501, 10}, {40, 3000}};

  private static double[] softmax(double[] scores) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    double[] powers = new double[scores.length];
    for (int j = 0; j < scores.length; j++) {
      powers[j] = Math.exp(scores[j] - largest);
      sum += powers[j];
    }
    for (int j = 0; j < scores.length; j++) {
      powers[j] /= sum;
    }
    return powers;
  }

  @Test
  void probabilitiesOfARowAreThePowersOfItsScoresOverTheirSum() {
    SplittableRandom random = random(41);
    for (long[] shape : SHAPES) {
      DenseMatrix scores = randomMatrix(random, shape[0], shape[1]);
      double[][] expected = Matrices.toArray(scores);
      double[][] logarithms = new double[expected.length][];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = softmax(expected[i]);
        logarithms[i] = expected[i].clone();
        for (int j = 0; j < expected[i].length; j++) {
          logarithms[i][j] = Math.log(expected[i][j]);
        }
      }
      assertClose(run("softmax", scores), expected, TOLERANCE);
      assertClose(run("log_softmax", scores), logarithms, TOLERANCE);
      assertSameBitsWithAnyThreads("softmax", Attributes.none(), scores);
      assertSameBitsWithAnyThreads("log_softmax", Attributes.none(), scores);
    }
  }

  @Test
  void largeScoresDoNotOverflow() {
    DenseMatrix scores = matrix(new double[] {1000, 1000}, new double[] {-1e6, 900});
    assertClose(run("softmax", scores), new double[][] {{0.5, 0.5}, {0, 1}}, TOLERANCE);
    assertClose(
        run("log_softmax", scores),
        new double[][] {{-Math.log(2), -Math.log(2)}, {-1000900, 0}},
        TOLERANCE);
  }

  @Test
  void noNumberInARowLeavesNoneOfItsProbabilities() {
    DenseMatrix scores = matrix(new double[] {1, Double.NaN}, new double[] {1, 1});
    assertClose(
        run("softmax", scores), new double[][] {{Double.NaN, Double.NaN}, {0.5, 0.5}}, TOLERANCE);
  }

  @Test
  void gradientsOfSoftmaxAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(42);
    for (long[] shape : new long[][] {{1, 1}, {3, 4}, {2, 70}}) {
      DenseMatrix scores = randomMatrix(random, shape[0], shape[1]);
      DenseMatrix dout = randomMatrix(random, shape[0], shape[1]);
      for (String opcode : new String[] {"softmax", "log_softmax"}) {
        DenseMatrix gradient = run(opcode + "_backward", dout, run(opcode, scores));
        DoubleSupplier loss = () -> ConvolutionContract.dot(run(opcode, scores), dout);
        FiniteDifferences.assertGradient(opcode, scores, gradient, loss);
      }
    }
    DenseMatrix many = randomMatrix(random, 501, 33);
    for (String opcode : new String[] {"softmax_backward", "log_softmax_backward"}) {
      assertSameBitsWithAnyThreads(opcode, Attributes.none(), many, many);
    }
  }

  @Test
  void theLossIsTheMeanOfMinusTheLogarithmsOfWantedProbabilities() {
    SplittableRandom random = random(43);
    for (long[] shape : SHAPES) {
      DenseMatrix scores = randomMatrix(random, shape[0], shape[1]);
      DenseMatrix y = randomMatrix(random, shape[0], shape[1]);
      double loss = 0;
      double[][] rows = Matrices.toArray(scores);
      double[][] slopes = new double[(int) shape[0]][(int) shape[1]];
      for (int i = 0; i < shape[0]; i++) {
        double[] probs = softmax(rows[i]);
        double all = 0;
        for (int j = 0; j < shape[1]; j++) {
          loss -= y.get(i, j) * Math.log(probs[j]) / shape[0];
          all += y.get(i, j);
        }
        for (int j = 0; j < shape[1]; j++) {
          slopes[i][j] = (probs[j] * all - y.get(i, j)) / shape[0];
        }
      }
      double found = runScalar("softmax_cross_entropy", scores, y).asDouble();
      assertThat(found).isCloseTo(loss, within(1e-11 * Math.max(1, Math.abs(loss))));
      assertClose(run("softmax_cross_entropy_backward", scores, y), slopes, TOLERANCE);
      assertSameBitsWithAnyThreads("softmax_cross_entropy", Attributes.none(), scores, y);
      assertSameBitsWithAnyThreads("softmax_cross_entropy_backward", Attributes.none(), scores, y);
    }
  }

  @Test
  void aColumnOfClassesIsAsGoodAsItsOneHotMatrix() {
    DenseMatrix scores = randomMatrix(random(44), 6, 3);
    DenseMatrix classes =
        matrix(
            new double[] {1},
            new double[] {3.7},
            new double[] {0},
            new double[] {2},
            new double[] {4},
            new double[] {Double.NaN});
    DenseMatrix oneHot =
        matrix(
            new double[] {1, 0, 0},
            new double[] {0, 0, 1},
            new double[3],
            new double[] {0, 1, 0},
            new double[3],
            new double[3]);
    Scalar loss = runScalar("softmax_cross_entropy", scores, oneHot);
    assertThat(runScalar("softmax_cross_entropy", scores, classes)).isEqualTo(loss);
    assertClose(
        run("softmax_cross_entropy_backward", scores, classes),
        Matrices.toArray(run("softmax_cross_entropy_backward", scores, oneHot)),
        0);
  }

  @Test
  void anImpossibleClassThatNobodyWantsCostsNothing() {
    DenseMatrix scores = matrix(new double[] {0, Double.NEGATIVE_INFINITY});
    Operand y = matrix(new double[] {1, 0});
    assertThat(runScalar("softmax_cross_entropy", scores, y).asDouble()).isZero();
  }

  @Test
  void gradientsOfTheLossAreItsSlopes() {
    SplittableRandom random = random(45);
    for (long[] shape : new long[][] {{1, 1}, {4, 3}, {2, 40}}) {
      DenseMatrix scores = randomMatrix(random, shape[0], shape[1]);
      DenseMatrix y = randomMatrix(random, shape[0], shape[1]);
      DoubleSupplier loss = () -> runScalar("softmax_cross_entropy", scores, y).asDouble();
      FiniteDifferences.assertGradient(
          "scores", scores, run("softmax_cross_entropy_backward", scores, y), loss);
    }
  }

  @Test
  void gradientsOfActivationsAreTheirSlopes() {
    SplittableRandom random = random(46);
    DenseMatrix x = randomMatrix(random, 9, 11);
    DenseMatrix dout = randomMatrix(random, 9, 11);
    for (String opcode : "relu gelu silu selu leaky_relu elu".split(" ")) {
      DoubleSupplier loss = () -> ConvolutionContract.dot(run(opcode, x), dout);
      FiniteDifferences.assertGradient(opcode, x, run(opcode + "_backward", dout, x), loss);
    }
    Scalar alpha = Scalar.of(0.3);
    for (String opcode : new String[] {"leaky_relu", "elu"}) {
      DoubleSupplier loss = () -> ConvolutionContract.dot(run(opcode, x, alpha), dout);
      DenseMatrix gradient = run(opcode + "_backward", dout, x, alpha);
      FiniteDifferences.assertGradient(opcode, x, gradient, loss);
    }
    DenseMatrix many = randomMatrix(random, 700, 61);
    assertSameBitsWithAnyThreads("elu_backward", Attributes.none(), many, many, alpha);
    assertSameBitsWithAnyThreads("gelu", Attributes.none(), many);
    assertSameBitsWithAnyThreads("silu_backward", Attributes.none(), many, many);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    DenseMatrix scores = emptyMatrix(2, 3);
    assertRefused("softmax_backward", scores, emptyMatrix(3, 2), "'probs' of the shape", "3x2");
    assertRefused("elu_backward", scores, emptyMatrix(3, 2), "'x' of the shape", "3x2");
    assertRefused("softmax_cross_entropy", scores, emptyMatrix(3, 1), "class numbers", "3x1");
    assertRefused("softmax_cross_entropy", scores, emptyMatrix(2, 2), "class numbers", "2x2");
  }

  private void assertRefused(
      String opcode, DenseMatrix first, DenseMatrix second, String... messages) {
    for (String message : messages) {
      assertThatThrownBy(() -> runAll(opcode, Attributes.none(), first, second))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining(message);
    }
  }
}
