package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;

/**
 * The steps of an LSTM, for some examples at a time. Each adds what the outputs of the step before
 * give to the sums of its gates, and turns these into gates, in doubles, where they lie.
 *
 * @param weights of the outputs
 * @param out becomes the outputs of all steps: a row for each example of each step
 * @param c becomes the states, likewise
 * @param gates what the inputs add to the gates; becomes the gates, likewise
 */
record LstmSteps(
    LstmShape shape,
    CellProducts products,
    LstmProducts.Weights weights,
    DenseMatrix bias,
    DenseMatrix out0,
    DenseMatrix c0,
    DenseMatrix out,
    DenseMatrix c,
    DenseMatrix gates) {

  /** Computes all steps of {@code count} examples. */
  void run(long example, int count, Allocator allocator) {
    Cell cell = new Cell();
    try (Scratch scratch = new Scratch(allocator)) {
      LstmProducts rows = new LstmProducts(products, weights, scratch);
      for (int step = 0; step < shape.steps(); step++) {
        boolean isFirst = step == 0;
        long at = step * shape.examples() + example;
        long before = isFirst ? example : at - shape.examples();
        rows.multiply(isFirst ? out0 : out, before, count, gates, at, true);
        for (int i = 0; i < count; i++) {
          cell.advance(isFirst ? c0 : c, before + i, at + i);
        }
      }
    }
  }

  /** One example at one step, in arrays; belongs to one thread. */
  private final class Cell {
    private final int units = shape.units();
    private final CellBlocks blocks = new CellBlocks(shape.precision(), 4 * units);
    private final double[] ofBias = new double[4 * units];
    private final double[] sums = new double[4 * units];
    private final double[] candidates = new double[units];
    private final double[] state = new double[units];
    private final double[] hidden = new double[units];
    private final double[] powers = new double[3 * units];
    private final double[] rest = new double[3 * units];

    Cell() {
      blocks.load(bias.segment(), 0, ofBias, 0, 4 * units);
    }

    /** From the gates' sums without the bias to the gates, the state and the output. */
    void advance(DenseMatrix states, long before, long at) {
      blocks.load(gates.segment(), at * 4 * units, sums, 0, 4 * units);
      add(sums, ofBias, 4 * units);
      System.arraycopy(sums, 3 * units, candidates, 0, units);
      ExponentialBlocks.logistic(sums, powers, rest, 3 * units);
      ExponentialBlocks.tanh(candidates, powers, rest, candidates, units);
      System.arraycopy(candidates, 0, sums, 3 * units, units);
      blocks.store(sums, 0, gates.segment(), at * 4 * units, 4 * units);
      blocks.load(states.segment(), before * units, state, 0, units);
      remember(sums, candidates, state, units);
      blocks.store(state, 0, c.segment(), at * units, units);
      ExponentialBlocks.tanh(state, powers, rest, hidden, units);
      show(sums, hidden, units);
      blocks.store(hidden, 0, out.segment(), at * units, units);
    }
  }

  private static void add(double[] sums, double[] bias, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += bias[i];
    }
  }

  /** From the state before to the next one. */
  private static void remember(double[] gates, double[] candidates, double[] state, int units) {
    for (int j = 0; j < units; j++) {
      state[j] = gates[units + j] * state[j] + gates[j] * candidates[j];
    }
  }

  private static void show(double[] gates, double[] hidden, int units) {
    for (int j = 0; j < units; j++) {
      hidden[j] *= gates[2 * units + j];
    }
  }
}
