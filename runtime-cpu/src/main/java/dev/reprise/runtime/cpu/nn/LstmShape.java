package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * The sizes of an LSTM layer, which follow from its operands: {@code X} is examples x (steps *
 * features), the weights {@code W} are (features + units) x (4 units), in the order of the gates
 * input, forget, output, candidate.
 *
 * @param precision of all operands
 */
record LstmShape(long examples, int steps, int features, int units, Precision precision) {
  /** Examples are handled in so many blocks at most, each by one task through all steps. */
  private static final long BLOCKS = 16;

  private static final long LEAST_EXAMPLES = 8;

  /** Likewise, where the weights of the outputs take more than the second cache has for them. */
  private static final long LEAST_OF_MANY_UNITS = 16;

  private static final long NEAR_BYTES = 1 << 19;

  /** Rows that a task copies. */
  private static final int ROWS_TOGETHER = 1 << 9;

  /** The sizes that operands of that precision describe. */
  static LstmShape of(Operation operation, Operand[] inputs, Precision precision) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix weights = Arguments.matrix(operation, inputs, 1, precision);
    long units = Arguments.matrix(operation, inputs, 3, precision).cols();
    long features = weights.rows() - units;
    if (units == 0
        || weights.cols() != 4 * units
        || features < 1
        || 4 * units > Integer.MAX_VALUE) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs weights of shape (features + units) x (4 units), and got "
              + weights.shape()
              + " for the "
              + units
              + " units that 'out0' has columns");
    }
    if (x.cols() == 0
        || x.cols() % features != 0
        || x.cols() / features * 4 * units > Integer.MAX_VALUE) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs an input with "
              + features
              + " columns per step (the rows of the weights less the units), but got "
              + x.shape());
    }
    LstmShape shape =
        new LstmShape(
            x.rows(), (int) (x.cols() / features), (int) features, (int) units, precision);
    shape.matrix(operation, inputs, 2, 1, shape.gates());
    shape.matrix(operation, inputs, 3, shape.examples, units);
    shape.matrix(operation, inputs, 4, shape.examples, units);
    return shape;
  }

  /** The operand, which must have this shape. */
  DenseMatrix matrix(Operation operation, Operand[] inputs, int at, long rows, long cols) {
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at, precision);
    if (matrix.rows() != rows || matrix.cols() != cols) {
      throw Arguments.wrongShape(
          operation,
          at,
          rows
              + "x"
              + cols
              + " ("
              + examples
              + " examples, "
              + steps
              + " steps, "
              + features
              + " features, "
              + units
              + " units)",
          matrix);
    }
    return matrix;
  }

  /** A new matrix of the operands' precision. */
  DenseMatrix result(Scratch scratch, long rows, long cols) {
    return scratch.matrix(rows, cols, precision);
  }

  /** A cache as a matrix with a row of so many cells for each example of each step. */
  DenseMatrix byStep(DenseMatrix cache, int cols) {
    return new DenseMatrix(steps * examples, cols, precision, cache.buffer());
  }

  /** The weights of the inputs: features x (4 units). */
  DenseMatrix inputWeights(DenseMatrix weights) {
    return new DenseMatrix(features, gates(), precision, weights.buffer());
  }

  /** A copy of the weights of the outputs: units x (4 units). */
  DenseMatrix outputWeights(DenseMatrix weights, Scratch scratch) {
    DenseMatrix copy = result(scratch, units, gates());
    long first = (long) features * gates() * precision.bytesPerCell();
    MemorySegment.copy(weights.segment(), first, copy.segment(), 0, copy.bytes());
    return copy;
  }

  /** From examples of steps to steps of examples, a row each. */
  void toSteps(DenseMatrix x, DenseMatrix rows, Parallel parallel, ExecutionContext context) {
    long bytes = (long) features * precision.bytesPerCell();
    forEach(
        parallel,
        context,
        (example, step) ->
            MemorySegment.copy(
                x.segment(),
                (example * steps + step) * bytes,
                rows.segment(),
                (step * examples + example) * bytes,
                bytes));
  }

  /** As {@link #toSteps}, back. */
  void toExamples(DenseMatrix rows, DenseMatrix x, Parallel parallel, ExecutionContext context) {
    long bytes = (long) features * precision.bytesPerCell();
    forEach(
        parallel,
        context,
        (example, step) ->
            MemorySegment.copy(
                rows.segment(),
                (step * examples + example) * bytes,
                x.segment(),
                (example * steps + step) * bytes,
                bytes));
  }

  /**
   * What a step's sums are products of: its input and the output of the step before.
   *
   * @param out the outputs, a row for each example of each step
   * @param joined becomes [x, h] likewise
   */
  void join(
      DenseMatrix x,
      DenseMatrix out0,
      DenseMatrix out,
      DenseMatrix joined,
      Parallel parallel,
      ExecutionContext context) {
    long ofInput = (long) features * precision.bytesPerCell();
    long ofOutput = (long) units * precision.bytesPerCell();
    forEach(
        parallel,
        context,
        (example, step) -> {
          long at = (step * examples + example) * (ofInput + ofOutput);
          MemorySegment into = joined.segment();
          MemorySegment.copy(x.segment(), (example * steps + step) * ofInput, into, at, ofInput);
          MemorySegment before = step == 0 ? out0.segment() : out.segment();
          long row = step == 0 ? example : (step - 1) * examples + example;
          MemorySegment.copy(before, row * ofOutput, into, at + ofInput, ofOutput);
        });
  }

  @FunctionalInterface
  private interface StepBody {
    void run(long example, long step);
  }

  private void forEach(Parallel parallel, ExecutionContext context, StepBody body) {
    long most = Math.max(1, ROWS_TOGETHER / steps);
    parallel.forRange(
        context,
        examples,
        most,
        (from, to) -> {
          for (long step = 0; step < steps; step++) {
            for (long example = from; example < to; example++) {
              body.run(example, step);
            }
          }
        });
  }

  int gates() {
    return 4 * units;
  }

  /** Examples per task. */
  long block() {
    long bytes = (long) units * gates() * precision.bytesPerCell();
    long least = bytes > NEAR_BYTES ? LEAST_OF_MANY_UNITS : LEAST_EXAMPLES;
    return Math.max(least, (examples + BLOCKS - 1) / BLOCKS);
  }
}
