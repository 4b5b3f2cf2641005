package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;

/**
 * The steps of an LSTM, for some examples at a time. What the inputs add to the gates of all steps
 * is multiplied first, into the cache of the gates; each step then adds what the outputs of the
 * step before give, and turns its gates' sums into gates, in doubles, where they lie.
 *
 * @param out becomes the outputs of all steps, step by step, as do the other caches
 * @param c becomes the states
 * @param gates becomes the gates
 */
record LstmSteps(
    LstmShape shape,
    CellProducts products,
    DenseMatrix x,
    DenseMatrix weights,
    DenseMatrix bias,
    DenseMatrix out0,
    DenseMatrix c0,
    DenseMatrix out,
    DenseMatrix c,
    DenseMatrix gates) {

  /** Computes all steps of {@code count} examples. */
  void run(long example, int count, Allocator allocator) {
    multiplyInputs(example, count);
    int units = shape.units();
    int width = shape.gates();
    Cell cell = new Cell();
    try (Scratch scratch = new Scratch(allocator)) {
      LstmProducts rows = new LstmProducts(products, scratch);
      Blas.Block hiddenWeights = LstmShape.rows(weights, (long) shape.features() * width, width);
      for (int step = 0; step < shape.steps(); step++) {
        long at = step * shape.examples() + example;
        long before = step == 0 ? example : at - shape.examples();
        Blas.Block hidden = LstmShape.rows(step == 0 ? out0 : out, before * units, units);
        Blas.Block sums = LstmShape.rows(gates, at * width, width);
        rows.multiply(count, width, units, hidden, hiddenWeights, sums, true);
        for (int i = 0; i < count; i++) {
          cell.advance(step == 0 ? c0 : c, before + i, at + i);
        }
      }
    }
  }

  /** What the inputs add to the gates: one product for each example, or for each step. */
  private void multiplyInputs(long example, int count) {
    int features = shape.features();
    int width = shape.gates();
    int row = shape.steps() * features;
    long n = shape.examples();
    Blas.Block inputWeights = LstmShape.rows(weights, 0, width);
    if (shape.goesByExample()) {
      for (long i = example; i < example + count; i++) {
        Blas.Block input = LstmShape.rows(x, i * row, features);
        Blas.Block sums = LstmShape.rows(gates, i * width, (int) (n * width));
        products.gemm(false, false, shape.steps(), width, features, input, inputWeights, sums);
      }
    } else {
      for (int step = 0; step < shape.steps(); step++) {
        Blas.Block input = LstmShape.rows(x, example * row + (long) step * features, row);
        Blas.Block sums = LstmShape.rows(gates, (step * n + example) * width, width);
        products.gemm(false, false, count, width, features, input, inputWeights, sums);
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
