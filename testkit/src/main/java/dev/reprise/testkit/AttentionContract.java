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

/** {@code attention} and its gradient: fused, and as good as the chain of plain operations. */
public abstract class AttentionContract extends DeviceContract {
  private static final double TOLERANCE = 1e-11;

  /** Sequences, queries, keys, heads, width, width of values. */
  private static final int[][] SHAPES = {
    {1, 1, 1, 1, 1, 1},
    {2, 3, 3, 1, 2, 2},
    {1, 4, 2, 2, 3, 1},
    {2, 2, 5, 3, 1, 4},
    {3, 6, 6, 2, 4, 5},
    {2, 150, 140, 2, 16, 9},
    {1, 5, 700, 1, 3, 2}
  };

  private Operand[] operands(SplittableRandom random, int[] s, boolean causal) {
    long position = (long) s[3] * s[4];
    return new Operand[] {
      randomMatrix(random, s[0], s[1] * position),
      randomMatrix(random, s[0], s[2] * position),
      randomMatrix(random, s[0], (long) s[2] * s[3] * s[5]),
      Scalar.of(position),
      Scalar.of((long) s[3]),
      Scalar.of(causal)
    };
  }

  private static Operand[] backward(Operand[] operands, DenseMatrix dout, Operand[] results) {
    return new Operand[] {
      dout,
      operands[0],
      operands[1],
      operands[2],
      results[0],
      results[1],
      operands[3],
      operands[4],
      operands[5]
    };
  }

  @Test
  void resultsAreThoseOfTheChainOfPlainOperations() {
    SplittableRandom random = random(71);
    for (int[] shape : SHAPES) {
      for (boolean causal : new boolean[] {false, true}) {
        Operand[] operands = operands(random, shape, causal);
        Operand[] found = runAll("attention", Attributes.none(), operands);
        double[][] out = new double[shape[0]][shape[1] * shape[3] * shape[5]];
        double[][] logsum = new double[shape[0]][shape[1] * shape[3]];
        for (int n = 0; n < shape[0]; n++) {
          for (int h = 0; h < shape[3]; h++) {
            DenseMatrix q = head((DenseMatrix) operands[0], n, h, shape[3], shape[4]);
            DenseMatrix k = head((DenseMatrix) operands[1], n, h, shape[3], shape[4]);
            DenseMatrix v = head((DenseMatrix) operands[2], n, h, shape[3], shape[5]);
            unfused(q, k, v, causal, n, h, shape, out, logsum);
          }
        }
        assertClose((DenseMatrix) found[0], out, TOLERANCE);
        assertClose((DenseMatrix) found[1], logsum, TOLERANCE);
        assertSameBitsWithAnyThreads("attention", Attributes.none(), operands);
      }
    }
  }

  /** One head of a sequence: a row for each position. */
  private DenseMatrix head(DenseMatrix all, int sequence, int head, int heads, int width) {
    double[][] rows = new double[(int) (all.cols() / heads / width)][width];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < width; j++) {
        rows[i][j] = all.get(sequence, ((long) i * heads + head) * width + j);
      }
    }
    return matrix(rows);
  }

  /** With matmul and softmax of the device; what is masked gets a score of minus infinity. */
  private void unfused(
      DenseMatrix q,
      DenseMatrix k,
      DenseMatrix v,
      boolean causal,
      int n,
      int h,
      int[] shape,
      double[][] out,
      double[][] logsum) {
    double[][] scores = Matrices.toArray(run("matmul", Attributes.of("tb", "true"), q, k));
    for (int i = 0; i < scores.length; i++) {
      double sum = 0;
      for (int j = 0; j < scores[i].length; j++) {
        scores[i][j] =
            causal && j > i ? Double.NEGATIVE_INFINITY : scores[i][j] / Math.sqrt(shape[4]);
        sum += Math.exp(scores[i][j]);
      }
      logsum[n][i * shape[3] + h] = Math.log(sum);
    }
    DenseMatrix result = run("matmul", run("softmax", matrix(scores)), v);
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < shape[5]; j++) {
        out[n][(i * shape[3] + h) * shape[5] + j] = result.get(i, j);
      }
    }
  }

  @Test
  void gradientsAreTheSlopesOfTheFunction() {
    SplittableRandom random = random(72);
    for (int i = 0; i < 5; i++) {
      for (boolean causal : new boolean[] {false, true}) {
        Operand[] operands = operands(random, SHAPES[i], causal);
        Operand[] results = runAll("attention", Attributes.none(), operands);
        DenseMatrix out = (DenseMatrix) results[0];
        DenseMatrix dout = randomMatrix(random, out.rows(), out.cols());
        Operand[] gradients =
            runAll("attention_backward", Attributes.none(), backward(operands, dout, results));
        DoubleSupplier loss = () -> ConvolutionContract.dot(run("attention", operands), dout);
        String[] names = {"Q", "K", "V"};
        for (int j = 0; j < names.length; j++) {
          FiniteDifferences.assertGradient(
              names[j], (DenseMatrix) operands[j], (DenseMatrix) gradients[j], loss);
        }
      }
    }
  }

  @Test
  void gradientsDoNotDependOnTheNumberOfThreads() {
    SplittableRandom random = random(73);
    for (int[] shape : SHAPES) {
      Operand[] operands = operands(random, shape, true);
      Operand[] results = runAll("attention", Attributes.none(), operands);
      DenseMatrix out = (DenseMatrix) results[0];
      DenseMatrix dout = randomMatrix(random, out.rows(), out.cols());
      assertSameBitsWithAnyThreads(
          "attention_backward", Attributes.none(), backward(operands, dout, results));
    }
  }

  @Test
  void scoresBeyondTheRangeOfExpAreNoTrouble() {
    DenseMatrix q = matrix(new double[] {1000, -1000});
    DenseMatrix k = matrix(new double[] {1, 2, 3});
    DenseMatrix v = matrix(new double[] {10, 20, 30});
    Operand[] found = runAll("attention", Attributes.none(), q, k, v, Scalar.of(1L));
    assertClose((DenseMatrix) found[0], new double[][] {{30, 10}}, 1e-12);
    assertClose((DenseMatrix) found[1], new double[][] {{3000, -1000}}, 1e-12);
    DenseMatrix none = matrix(new double[] {-1, Double.NaN});
    DenseMatrix far = matrix(new double[] {Double.POSITIVE_INFINITY, 1, 2});
    assertClose(
        run("attention", none, far, v, Scalar.of(1L)),
        new double[][] {{(10 * 0 + 20 + 30 * Math.exp(-1)) / (1 + Math.exp(-1)), Double.NaN}},
        1e-12);
  }

  @Test
  void noSequencesGiveNone() {
    Operand[] operands = operands(random(74), new int[] {0, 3, 4, 2, 5, 1}, false);
    Operand[] results = runAll("attention", Attributes.none(), operands);
    assertThat(((DenseMatrix) results[0]).shape().toString()).isEqualTo("0x6");
    Operand[] gradients =
        runAll(
            "attention_backward",
            Attributes.none(),
            backward(operands, (DenseMatrix) results[0], results));
    assertThat(((DenseMatrix) gradients[1]).shape()).isEqualTo(((DenseMatrix) operands[1]).shape());
  }

  @Test
  void operandsThatDoNotFitAreRefusedWithTheSizes() {
    Operand[] operands = operands(random(75), new int[] {2, 3, 4, 2, 5, 1}, false);
    assertRefused(operands, 3, Scalar.of(9L), "multiple of 'heads', but got width 9 and heads 2");
    assertRefused(operands, 4, Scalar.of(0L), "width 10 and heads 0");
    assertRefused(operands, 0, emptyMatrix(2, 31), "'Q' with some positions of 10 numbers");
    assertRefused(operands, 1, emptyMatrix(3, 40), "'K' with 2 rows of some positions of 10");
    assertRefused(
        operands, 2, emptyMatrix(2, 7), "a value of 2 heads for each of the 4 keys, but got 2x7");
    Operand[] results = runAll("attention", Attributes.none(), operands);
    assertThatThrownBy(
            () -> run("attention_backward", backward(operands, emptyMatrix(2, 5), results)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'dout' of shape 2x6, but got 2x5");
  }

  private void assertRefused(Operand[] operands, int at, Operand operand, String message) {
    Operand[] changed = operands.clone();
    changed[at] = operand;
    assertThatThrownBy(() -> run("attention", changed))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(message);
  }
}
