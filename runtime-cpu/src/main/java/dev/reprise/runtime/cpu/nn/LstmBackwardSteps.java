package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The way back through the steps of an LSTM, for some examples at a time. Each step leaves the
 * gradients of its gates' sums, and multiplies them to that of the output before it.
 *
 * @param weights of the outputs, transposed
 * @param gates the cache of the gates: a row for each example of each step, as in the other caches
 * @param dgates becomes the gradients of the gates' sums, likewise
 * @param dhidden becomes the gradient of {@code out0}
 * @param dstate the gradient of the last state; becomes that of {@code c0}
 */
record LstmBackwardSteps(
    LstmShape shape,
    CellProducts products,
    LstmProducts.Weights weights,
    DenseMatrix c0,
    DenseMatrix dout,
    boolean sequences,
    DenseMatrix c,
    DenseMatrix gates,
    DenseMatrix dgates,
    DenseMatrix dhidden,
    DenseMatrix dstate) {

  /** Goes back through all steps of {@code count} examples; writes their sum of db. */
  void run(long example, int count, MemorySegment db, Allocator allocator) {
    Cell cell = new Cell();
    try (Scratch scratch = new Scratch(allocator)) {
      LstmProducts rows = new LstmProducts(products, weights, scratch);
      for (int step = shape.steps() - 1; step >= 0; step--) {
        for (int i = 0; i < count; i++) {
          cell.back(step, example + i);
        }
        long at = step * shape.examples() + example;
        rows.multiply(dgates, at, count, dhidden, example, false);
      }
    }
    cell.finish(db);
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
      blocks.store(result, 0, dgates.segment(), at * 4 * units, 4 * units);
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
