package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.cpu.blas.Blas;
import java.lang.foreign.MemorySegment;

/**
 * The way back through the steps of an LSTM, for some examples at a time.
 *
 * @param gates the cache of the gates, step by step as the other caches
 * @param dgates scratch: gradients of the gates' sums, example by example, each step by step
 * @param dhidden gradient of the output of the step before; at the end that of {@code out0}
 * @param dstate gradient of the state, at first of the last one; at the end that of {@code c0}
 */
record LstmBackwardSteps(
    LstmShape shape,
    Blas blas,
    MemorySegment x,
    MemorySegment weights,
    MemorySegment out0,
    MemorySegment c0,
    MemorySegment dout,
    boolean sequences,
    MemorySegment out,
    MemorySegment c,
    MemorySegment gates,
    MemorySegment dgates,
    MemorySegment dx,
    MemorySegment dhidden,
    MemorySegment dstate) {

  /** Goes back through all steps of {@code count} examples; writes their sums of dW and db. */
  void run(long example, int count, MemorySegment dw, MemorySegment db) {
    long units = shape.units();
    dhidden.asSlice(8 * example * units, 8 * count * units).fill((byte) 0);
    for (int step = shape.steps() - 1; step >= 0; step--) {
      for (long i = example; i < example + count; i++) {
        back(step, i);
      }
      multiply(step, example, count, dw);
    }
    int width = shape.gates();
    int features = shape.features();
    int rows = count * shape.steps();
    long first = example * shape.steps();
    Blas.Block gradient = new Blas.Block(dgates, first * width, width);
    Blas.Block input = new Blas.Block(x, first * features, features);
    Blas.Block inputWeights = new Blas.Block(weights, 0, width);
    blas.gemm(
        false,
        true,
        rows,
        features,
        width,
        gradient,
        inputWeights,
        new Blas.Block(dx, first * features, features));
    blas.gemm(true, false, features, width, rows, input, gradient, new Blas.Block(dw, 0, width));
    sumRows(first, rows, db);
  }

  /** The gradients of the gates' sums of one example at one step, and of the state before. */
  private void back(int step, long example) {
    int units = shape.units();
    long at = step * shape.examples() + example;
    long gate = at * 4 * units;
    long target = (example * shape.steps() + step) * 4 * units;
    boolean last = step == shape.steps() - 1;
    long shown = sequences ? (example * shape.steps() + step) * units : example * units;
    MemorySegment before = step == 0 ? c0 : c;
    long stateBefore = step == 0 ? example * units : (at - shape.examples()) * units;
    for (int j = 0; j < units; j++) {
      double in = cell(gates, gate + j);
      double forget = cell(gates, gate + units + j);
      double show = cell(gates, gate + 2L * units + j);
      double candidate = cell(gates, gate + 3L * units + j);
      double tanh = Math.tanh(cell(c, at * units + j));
      double dh = cell(dhidden, example * units + j);
      if (sequences || last) {
        dh += cell(dout, shown + j);
      }
      double ds = cell(dstate, example * units + j) + show * (1 - tanh * tanh) * dh;
      set(dgates, target + j, candidate * ds * in * (1 - in));
      set(dgates, target + units + j, cell(before, stateBefore + j) * ds * forget * (1 - forget));
      set(dgates, target + 2L * units + j, tanh * dh * show * (1 - show));
      set(dgates, target + 3L * units + j, in * ds * (1 - candidate * candidate));
      set(dstate, example * units + j, forget * ds);
    }
  }

  /** The gradient of the output of the step before, and what the step adds to dW. */
  private void multiply(int step, long example, int count, MemorySegment dw) {
    int units = shape.units();
    int width = shape.gates();
    long start = (example * shape.steps() + step) * width;
    Blas.Block gradient = new Blas.Block(dgates, start, shape.steps() * width);
    long below = (long) shape.features() * width;
    blas.gemm(
        false,
        true,
        count,
        units,
        width,
        gradient,
        new Blas.Block(weights, below, width),
        new Blas.Block(dhidden, example * units, units));
    long before = ((step - 1L) * shape.examples() + example) * units;
    Blas.Block hidden =
        step == 0
            ? new Blas.Block(out0, example * units, units)
            : new Blas.Block(out, before, units);
    Blas.Block target = new Blas.Block(dw, below, width);
    if (step == shape.steps() - 1) {
      blas.gemm(true, false, units, width, count, hidden, gradient, target);
    } else {
      blas.gemmAdd(true, false, units, width, count, hidden, gradient, target);
    }
  }

  private void sumRows(long first, int rows, MemorySegment db) {
    int width = shape.gates();
    db.asSlice(0, 8L * width).fill((byte) 0);
    for (long row = first; row < first + rows; row++) {
      for (int j = 0; j < width; j++) {
        set(db, j, cell(db, j) + cell(dgates, row * width + j));
      }
    }
  }

  private static double cell(MemorySegment cells, long at) {
    return cells.getAtIndex(JAVA_DOUBLE, at);
  }

  private static void set(MemorySegment cells, long at, double value) {
    cells.setAtIndex(JAVA_DOUBLE, at, value);
  }
}
