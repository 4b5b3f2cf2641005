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

/** Attention and long short-term memory are the processor's but for rounding. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SequenceComparison {
  /** Sequences, queries, keys, heads, width, width of values. */
  private static final int[][] ATTENTIONS = {
    {1, 1, 1, 1, 1, 1}, {2, 3, 5, 2, 4, 3}, {3, 70, 33, 1, 17, 40}, {2, 129, 300, 3, 8, 130}
  };

  /** Examples, steps, features, units. */
  private static final int[][] LSTMS = {{1, 1, 1, 1}, {5, 3, 4, 2}, {33, 7, 20, 30}};

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected SequenceComparison(Accelerator accelerator) {
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

  private void assertClose(String opcode, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, Attributes.none(), precision, inputs);
    comparison.assertRepeatable(opcode, Attributes.none(), precision, inputs);
  }

  @Test
  void attentionAndItsGradientsAreClose() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : Precision.values()) {
      for (int[] s : ATTENTIONS) {
        for (boolean causal : new boolean[] {false, true}) {
          long position = (long) s[3] * s[4];
          long values = (long) s[3] * s[5];
          DenseMatrix q = comparison.matrix(random, s[0], s[1] * position, precision, false);
          DenseMatrix k = comparison.matrix(random, s[0], s[2] * position, precision, false);
          DenseMatrix v = comparison.matrix(random, s[0], s[2] * values, precision, false);
          DenseMatrix out = comparison.matrix(random, s[0], s[1] * values, precision, false);
          DenseMatrix dout = comparison.matrix(random, s[0], s[1] * values, precision, false);
          DenseMatrix logsum =
              comparison.matrix(
                  s[0], (long) s[1] * s[3], precision, (_, _) -> 2 + random.nextDouble());
          Scalar width = Scalar.of(position);
          Scalar heads = Scalar.of((long) s[3]);
          Scalar isCausal = Scalar.of(causal);
          assertClose("attention", precision, q, k, v, width, heads, isCausal);
          assertClose(
              "attention_backward", precision, dout, q, k, v, out, logsum, width, heads, isCausal);
        }
        release();
      }
    }
  }

  @Test
  void memoriesAndTheirGradientsAreClose() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : Precision.values()) {
      for (int[] s : LSTMS) {
        for (boolean sequences : new boolean[] {false, true}) {
          long step = (long) s[0] * s[3];
          DenseMatrix x = comparison.matrix(random, s[0], (long) s[1] * s[2], precision, false);
          DenseMatrix w = comparison.matrix(random, s[2] + s[3], 4L * s[3], precision, false);
          DenseMatrix b = comparison.matrix(random, 1, 4L * s[3], precision, false);
          DenseMatrix first = comparison.matrix(random, s[0], s[3], precision, false);
          long cols = sequences ? (long) s[1] * s[3] : s[3];
          DenseMatrix dout = comparison.matrix(random, s[0], cols, precision, false);
          DenseMatrix cache = comparison.matrix(random, s[1], step, precision, false);
          DenseMatrix gates =
              comparison.matrix(s[1], 4 * step, precision, (_, _) -> random.nextDouble());
          Scalar isSequences = Scalar.of(sequences);
          assertClose("lstm", precision, x, w, b, first, first, isSequences);
          assertClose(
              "lstm_backward",
              precision,
              x,
              w,
              b,
              first,
              first,
              isSequences,
              dout,
              first,
              cache,
              cache,
              gates);
        }
        release();
      }
    }
  }
}
