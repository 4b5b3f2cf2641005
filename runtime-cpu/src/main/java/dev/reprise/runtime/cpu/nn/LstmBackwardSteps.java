package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.blas.Blas;
import java.lang.foreign.MemorySegment;

/**
 * The way back through the steps of an LSTM, for some examples at a time.
 *
 * @param weights as doubles
 * @param gates the cache of the gates, step by step as the other caches
 * @param dgates scratch: gradients of the gates' sums as doubles, example by example, each step by
 *     step
 * @param dhidden becomes the gradient of {@code out0}
 * @param dstate the gradient of the last state; becomes that of {@code c0}
 */
record LstmBackwardSteps(
    LstmShape shape,
    Blas blas,
    DenseMatrix x,
    MemorySegment weights,
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

  /** What one step of some examples reads; the gradient of its output is null if there is none. */
  private record Step(
      Blas.Block gates, Blas.Block state, Blas.Block before, Blas.Block hidden, Blas.Block dout) {}

  /** Cells that a task with so many examples copies to at a time. */
  long room(long count) {
    long units = shape.units();
    long ofSteps = shape.gates() + 4 * units;
    long ofAll = 2L * shape.steps() * shape.features();
    return DoubleBlocks.room(shape.precision(), count * (2 * units + Math.max(ofSteps, ofAll)));
  }

  /** Goes back through all steps of {@code count} examples; writes their sums of dW and db. */
  void run(long example, int count, MemorySegment room, MemorySegment dw, MemorySegment db) {
    int units = shape.units();
    DoubleBlocks blocks = new DoubleBlocks(shape.precision(), room, 0);
    Blas.Block ofOut0 = LstmShape.rows(dhidden, example * units, units);
    Blas.Block ofC0 = LstmShape.rows(dstate, example * units, units);
    // Gradients of the output and of the state of the step before.
    Blas.Block dh = blocks.sum(ofOut0, count, units);
    Blas.Block ds = blocks.read(ofC0, count, units);
    long free = DoubleBlocks.room(shape.precision(), 2L * count * units);
    for (int step = shape.steps() - 1; step >= 0; step--) {
      blocks.reuse(free);
      Step at = step(step, example, count, blocks);
      for (int i = 0; i < count; i++) {
        back(at, i, (example + i) * shape.steps() + step, dh, ds);
      }
      multiply(step, example, count, at.hidden, dh, dw);
    }
    blocks.written(dh, ofOut0, count, units);
    blocks.written(ds, ofC0, count, units);
    blocks.reuse(free);
    multiplyInputs(example, count, blocks, dw);
    sumRows(example * shape.steps(), count * shape.steps(), db);
  }

  private Step step(int step, long example, int count, DoubleBlocks blocks) {
    int units = shape.units();
    int width = shape.gates();
    long at = step * shape.examples() + example;
    long before = at - shape.examples();
    boolean isFirst = step == 0;
    return new Step(
        blocks.read(LstmShape.rows(gates, at * width, width), count, width),
        blocks.read(LstmShape.rows(c, at * units, units), count, units),
        blocks.read(
            LstmShape.rows(isFirst ? c0 : c, (isFirst ? example : before) * units, units),
            count,
            units),
        blocks.read(
            LstmShape.rows(isFirst ? out0 : out, (isFirst ? example : before) * units, units),
            count,
            units),
        shown(step, example, count, blocks));
  }

  /** The gradient of the step's output as the call gives it: of every one, or of the last alone. */
  private Blas.Block shown(int step, long example, int count, DoubleBlocks blocks) {
    int units = shape.units();
    if (sequences) {
      int row = shape.steps() * units;
      long at = example * row + (long) step * units;
      return blocks.read(LstmShape.rows(dout, at, row), count, units);
    }
    return step == shape.steps() - 1
        ? blocks.read(LstmShape.rows(dout, example * units, units), count, units)
        : null;
  }

  /**
   * The gradients of the gates' sums of one of the examples at one step, and of the state before.
   *
   * @param target row of the gradients of the gates' sums
   */
  private void back(Step step, int i, long target, Blas.Block dh, Blas.Block ds) {
    int units = shape.units();
    long to = target * shape.gates();
    for (int j = 0; j < units; j++) {
      double in = cell(step.gates, i, j);
      double forget = cell(step.gates, i, units + j);
      double show = cell(step.gates, i, 2 * units + j);
      double candidate = cell(step.gates, i, 3 * units + j);
      double tanh = Math.tanh(cell(step.state, i, j));
      double dOut = cell(dh, i, j);
      if (step.dout != null) {
        dOut += cell(step.dout, i, j);
      }
      double dState = cell(ds, i, j) + show * (1 - tanh * tanh) * dOut;
      double before = cell(step.before, i, j);
      set(dgates, to + j, candidate * dState * in * (1 - in));
      set(dgates, to + units + j, before * dState * forget * (1 - forget));
      set(dgates, to + 2L * units + j, tanh * dOut * show * (1 - show));
      set(dgates, to + 3L * units + j, in * dState * (1 - candidate * candidate));
      set(ds.cells(), ds.offset() + (long) i * ds.stride() + j, forget * dState);
    }
  }

  /** The gradient of the output of the step before, and what the step adds to dW. */
  private void multiply(
      int step, long example, int count, Blas.Block hidden, Blas.Block dh, MemorySegment dw) {
    int units = shape.units();
    int width = shape.gates();
    long start = (example * shape.steps() + step) * width;
    Blas.Block gradient = new Blas.Block(dgates, start, shape.steps() * width);
    long below = (long) shape.features() * width;
    Blas.Block hiddenWeights = new Blas.Block(weights, below, width);
    blas.gemm(false, true, count, units, width, gradient, hiddenWeights, dh);
    Blas.Block target = new Blas.Block(dw, below, width);
    if (step == shape.steps() - 1) {
      blas.gemm(true, false, units, width, count, hidden, gradient, target);
    } else {
      blas.gemmAdd(true, false, units, width, count, hidden, gradient, target);
    }
  }

  /** The gradient of the input, and what it adds to dW. */
  private void multiplyInputs(long example, int count, DoubleBlocks blocks, MemorySegment dw) {
    int width = shape.gates();
    int features = shape.features();
    int rows = count * shape.steps();
    long first = example * shape.steps();
    Blas.Block gradient = new Blas.Block(dgates, first * width, width);
    Blas.Block input = blocks.read(LstmShape.rows(x, first * features, features), rows, features);
    Blas.Block toInput = LstmShape.rows(dx, first * features, features);
    Blas.Block target = blocks.write(toInput, rows, features);
    Blas.Block inputWeights = new Blas.Block(weights, 0, width);
    blas.gemm(false, true, rows, features, width, gradient, inputWeights, target);
    blocks.written(target, toInput, rows, features);
    blas.gemm(true, false, features, width, rows, input, gradient, new Blas.Block(dw, 0, width));
  }

  private void sumRows(long first, int rows, MemorySegment db) {
    int width = shape.gates();
    db.asSlice(0, 8L * width).fill((byte) 0);
    for (long row = first; row < first + rows; row++) {
      for (int j = 0; j < width; j++) {
        double sum = db.getAtIndex(JAVA_DOUBLE, j);
        set(db, j, sum + dgates.getAtIndex(JAVA_DOUBLE, row * width + j));
      }
    }
  }

  private static double cell(Blas.Block block, int row, int col) {
    long at = block.offset() + (long) row * block.stride() + col;
    return block.cells().getAtIndex(JAVA_DOUBLE, at);
  }

  private static void set(MemorySegment cells, long at, double value) {
    cells.setAtIndex(JAVA_DOUBLE, at, value);
  }
}
