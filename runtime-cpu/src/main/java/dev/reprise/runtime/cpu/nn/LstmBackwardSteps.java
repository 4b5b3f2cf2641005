package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The way back through the steps of an LSTM, for some examples at a time. Each step leaves the
 * gradients of its gates' sums, and multiplies them to that of the output before it; the gradients
 * of weights and inputs are products over all steps.
 *
 * @param turned the weights of the outputs, transposed: (4 units) x units
 * @param gates the cache of the gates, step by step as the other caches
 * @param dgates scratch: gradients of the gates' sums, example by example, each step by step
 * @param dhidden becomes the gradient of {@code out0}
 * @param dstate the gradient of the last state; becomes that of {@code c0}
 */
record LstmBackwardSteps(
    LstmShape shape,
    CellProducts products,
    DenseMatrix x,
    DenseMatrix weights,
    DenseMatrix turned,
    DenseMatrix out0,
    DenseMatrix c0,
    DenseMatrix dout,
    boolean sequences,
    DenseMatrix out,
    DenseMatrix c,
    DenseMatrix gates,
    MemorySegment dgates,
    DenseMatrix dx,
    DenseMatrix dhidden,
    DenseMatrix dstate) {

  /** Goes back through all steps of {@code count} examples; writes their sums of dW and db. */
  void run(long example, int count, MemorySegment dw, MemorySegment db, Allocator allocator) {
    int units = shape.units();
    Cell cell = new Cell();
    try (Scratch scratch = new Scratch(allocator)) {
      LstmProducts rows = new LstmProducts(products, scratch);
      Blas.Block weightsBack = LstmShape.rows(turned, 0, units);
      Blas.Block before = LstmShape.rows(dhidden, example * units, units);
      for (int step = shape.steps() - 1; step >= 0; step--) {
        for (int i = 0; i < count; i++) {
          cell.back(step, example + i);
        }
        Blas.Block gradients = gradients(example, step, shape.steps());
        rows.multiply(count, units, shape.gates(), gradients, weightsBack, before, false);
      }
    }
    cell.finish(db);
    multiplyOutputs(example, count, dw);
    multiplyInputs(example, count, dw);
  }

  /**
   * Gradients of the gates' sums from an example's step on.
   *
   * @param apart steps from a row to the next
   */
  private Blas.Block gradients(long example, int step, int apart) {
    long at = (example * shape.steps() + step) * shape.gates();
    return new Blas.Block(dgates, at, apart * shape.gates());
  }

  /** What the outputs of the steps before add to dW: by example, or by step. */
  private void multiplyOutputs(long example, int count, MemorySegment dw) {
    int units = shape.units();
    int width = shape.gates();
    int steps = shape.steps();
    long n = shape.examples();
    Blas.Block target = new Blas.Block(dw, (long) shape.features() * width, width);
    Blas.Block first = LstmShape.rows(out0, example * units, units);
    products.gemm(true, false, units, width, count, first, gradients(example, 0, steps), target);
    if (steps == 1) {
      return;
    }
    if (shape.goesByExample()) {
      for (long i = example; i < example + count; i++) {
        Blas.Block hidden = LstmShape.rows(out, i * units, (int) (n * units));
        products.gemmAdd(true, false, units, width, steps - 1, hidden, gradients(i, 1, 1), target);
      }
    } else {
      for (int step = 1; step < steps; step++) {
        Blas.Block hidden = LstmShape.rows(out, ((step - 1) * n + example) * units, units);
        products.gemmAdd(
            true, false, units, width, count, hidden, gradients(example, step, steps), target);
      }
    }
  }

  /** The gradient of the input, and what it adds to dW. */
  private void multiplyInputs(long example, int count, MemorySegment dw) {
    int width = shape.gates();
    int features = shape.features();
    int rows = count * shape.steps();
    long first = example * shape.steps() * features;
    Blas.Block gradient = gradients(example, 0, 1);
    Blas.Block inputWeights = LstmShape.rows(weights, 0, width);
    Blas.Block toInput = LstmShape.rows(dx, first, features);
    products.gemm(false, true, rows, features, width, gradient, inputWeights, toInput);
    Blas.Block input = LstmShape.rows(x, first, features);
    Blas.Block target = new Blas.Block(dw, 0, width);
    products.gemm(true, false, features, width, rows, input, gradient, target);
  }

  /** One example at one step, in arrays; sums the gradient of the bias. Belongs to one thread. */
  private final class Cell {
    private final int units = shape.units();
    private final CellBlocks blocks = new CellBlocks(shape.precision(), 4 * units);
    private final double[] ofGates = new double[4 * units];
    private final double[] tanh = new double[units];
    private final double[] before = new double[units];
    private final double[] ofOut = new double[units];
    private final double[] shown = new double[units];
    private final double[] ofState = new double[units];
    private final double[] powers = new double[units];
    private final double[] rest = new double[units];
    private final double[] result = new double[4 * units];
    private final double[] ofBias = new double[4 * units];

    /** The gradients of the gates' sums of one step, and of the state before it. */
    void back(int step, long example) {
      boolean isLast = step == shape.steps() - 1;
      long at = step * shape.examples() + example;
      blocks.load(gates.segment(), at * 4 * units, ofGates, 0, 4 * units);
      blocks.load(c.segment(), at * units, tanh, 0, units);
      ExponentialBlocks.tanh(tanh, powers, rest, tanh, units);
      DenseMatrix states = step == 0 ? c0 : c;
      long last = step == 0 ? example : at - shape.examples();
      blocks.load(states.segment(), last * units, before, 0, units);
      if (isLast) {
        Arrays.fill(ofOut, 0);
      } else {
        blocks.load(dhidden.segment(), example * units, ofOut, 0, units);
      }
      if (sequences || isLast) {
        long place = sequences ? example * shape.steps() + step : example;
        blocks.load(dout.segment(), place * units, shown, 0, units);
        add(ofOut, shown, units);
      }
      blocks.load(dstate.segment(), example * units, ofState, 0, units);
      addState(ofState, ofGates, tanh, ofOut, units);
      derive(result, ofGates, tanh, before, ofOut, ofState, units);
      forget(ofState, ofGates, units);
      blocks.store(ofState, 0, dstate.segment(), example * units, units);
      add(ofBias, result, 4 * units);
      long target = (example * shape.steps() + step) * 4 * units;
      blocks.store(result, 0, dgates, target, 4 * units);
    }

    /** Writes the sums of all steps so far. */
    void finish(MemorySegment db) {
      blocks.store(ofBias, 0, db, 0, 4 * units);
    }
  }

  private static void add(double[] sums, double[] further, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += further[i];
    }
  }

  /** What the output's gradient adds to that of the state. */
  private static void addState(
      double[] ofState, double[] gates, double[] tanh, double[] ofOut, int units) {
    for (int j = 0; j < units; j++) {
      ofState[j] += gates[2 * units + j] * (1 - tanh[j] * tanh[j]) * ofOut[j];
    }
  }

  private static void derive(
      double[] result,
      double[] gates,
      double[] tanh,
      double[] before,
      double[] ofOut,
      double[] ofState,
      int units) {
    for (int j = 0; j < units; j++) {
      double in = gates[j];
      double candidate = gates[3 * units + j];
      result[j] = candidate * ofState[j] * in * (1 - in);
      result[3 * units + j] = in * ofState[j] * (1 - candidate * candidate);
    }
    for (int j = 0; j < units; j++) {
      double forget = gates[units + j];
      double show = gates[2 * units + j];
      result[units + j] = before[j] * ofState[j] * forget * (1 - forget);
      result[2 * units + j] = tanh[j] * ofOut[j] * show * (1 - show);
    }
  }

  /** From the gradient of a state to that of the state before. */
  private static void forget(double[] ofState, double[] gates, int units) {
    for (int j = 0; j < units; j++) {
      ofState[j] *= gates[units + j];
    }
  }
}
