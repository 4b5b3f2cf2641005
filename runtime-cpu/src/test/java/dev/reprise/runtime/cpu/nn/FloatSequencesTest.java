package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.WidenedOperands;
import org.junit.jupiter.api.Test;

/** Layers over sequences of floats: close to those of doubles. */
class FloatSequencesTest {
  private static final double TOLERANCE = 1e-5;

  /** Sequences, queries, keys, heads, width, width of a value. */
  private static final int[][] ATTENTIONS = {
    {0, 3, 3, 1, 2, 2},
    {1, 1, 1, 1, 1, 1},
    {3, 7, 5, 2, 4, 3},
    {2, 5, 7, 3, 8, 9},
    {5, 40, 40, 3, 8, 8},
    {1, 300, 700, 1, 16, 1030}
  };

  /** Examples, steps, features, units. */
  private static final int[][] LAYERS = {
    {0, 2, 3, 4},
    {1, 1, 1, 1},
    {7, 5, 3, 4},
    {1, 20, 1030, 2},
    {40, 9, 17, 33},
    {200, 2, 5, 3},
    {12, 15, 5, 16},
    {40, 3, 6, 32},
    {1100, 2, 3, 16}
  };

  private interface Check {
    void on(WidenedOperands operands);
  }

  /** With OpenBLAS, and without, where products of doubles are Java's. */
  private static void check(Check check) {
    try (CpuDevice device = TestDevices.withOpenBlas()) {
      check.on(new WidenedOperands(device, 20261205));
    }
    try (CpuDevice device = TestDevices.withoutOpenBlas()) {
      check.on(new WidenedOperands(device, 20261206));
    }
  }

  @Test
  void attentionAndItsGradient() {
    check(operands -> {
      for (int[] sizes : ATTENTIONS) {
        for (boolean isCausal : new boolean[] {false, true}) {
          attention(operands, sizes, isCausal, false);
          attention(operands, sizes, isCausal, true);
        }
      }
    });
  }

  private static void attention(
      WidenedOperands operands, int[] sizes, boolean isCausal, boolean isAny) {
    long position = (long) sizes[3] * sizes[4];
    DenseMatrix queries = operands.floats(sizes[0], sizes[1] * position);
    DenseMatrix keys = operands.floats(sizes[0], sizes[2] * position);
    DenseMatrix values = operands.floats(sizes[0], (long) sizes[2] * sizes[3] * sizes[5]);
    if (isAny && sizes[0] > 0) {
      queries.set(0, 0, Double.NaN);
      values.set(0, 0, Double.POSITIVE_INFINITY);
    }
    Scalar width = Scalar.of(position);
    Scalar heads = Scalar.of(sizes[3]);
    Scalar causal = Scalar.of(isCausal);
    operands.assertClose(TOLERANCE, "attention", queries, keys, values, width, heads, causal);
    Operand[] forward = operands.run(1, "attention", queries, keys, values, width, heads, causal);
    operands.assertClose(
        TOLERANCE,
        "attention_backward",
        operands.floats(sizes[0], (long) sizes[1] * sizes[3] * sizes[5]),
        queries,
        keys,
        values,
        forward[0],
        forward[1],
        width,
        heads,
        causal);
  }

  @Test
  void lstmAndItsGradient() {
    check(operands -> {
      for (int[] sizes : LAYERS) {
        for (boolean isWhole : new boolean[] {false, true}) {
          lstm(operands, sizes, isWhole, false);
          lstm(operands, sizes, isWhole, true);
        }
      }
    });
  }

  private static void lstm(WidenedOperands operands, int[] sizes, boolean isWhole, boolean isAny) {
    int examples = sizes[0];
    long steps = sizes[1];
    long units = sizes[3];
    DenseMatrix x = operands.floats(examples, steps * sizes[2]);
    if (isAny && examples > 0) {
      x.set(0, 0, Double.NaN);
      x.set(examples - 1, x.cols() - 1, Double.NEGATIVE_INFINITY);
    }
    DenseMatrix weights = operands.floats(sizes[2] + units, 4 * units);
    DenseMatrix bias = operands.floats(1, 4 * units);
    DenseMatrix out = operands.floats(examples, units);
    DenseMatrix state = operands.floats(examples, units);
    Scalar sequences = Scalar.of(isWhole);
    operands.assertClose(TOLERANCE, "lstm", x, weights, bias, out, state, sequences);
    Operand[] forward = operands.run(1, "lstm", x, weights, bias, out, state, sequences);
    operands.assertClose(
        TOLERANCE,
        "lstm_backward",
        x,
        weights,
        bias,
        out,
        state,
        sequences,
        operands.floats(examples, isWhole ? steps * units : units),
        operands.floats(examples, units),
        forward[2],
        forward[3],
        forward[4]);
  }

  @Test
  void noOperandIsWidenedAsAWhole() {
    try (CpuDevice device = TestDevices.withOpenBlas()) {
      WidenedOperands operands = new WidenedOperands(device, 20261207);
      int steps = 300;
      Operand[] inputs = {
        operands.floats(60, steps * 4L),
        operands.floats(7, 12),
        operands.floats(1, 12),
        operands.floats(60, 3),
        operands.floats(60, 3),
        Scalar.of(true)
      };
      long outputs = (long) Float.BYTES * 60 * (steps * (3 + 3 + 3 + 12) + 3);
      // The input is copied once, in floats, by steps.
      long copy = (long) Float.BYTES * 60 * steps * 4;
      operands.runWithin(outputs + copy + 4_000, "lstm", inputs);
      // Scores of one head of one sequence, of 60, for each thread, and a panel of 50 rows with
      // what a call is told, where a row of doubles is between products.
      DenseMatrix words = operands.floats(60, 50 * 8);
      Operand[] attention = {words, words, words, Scalar.of(8), Scalar.of(2), Scalar.of(false)};
      long results = (long) Float.BYTES * 60 * 50 * (8 + 2);
      int panel = 50 * 64 + 256;
      operands.runWithin(results + 2 * (4 * 50 * 50 + panel) + 200, "attention", attention);
    }
  }
}
