package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.nn.RowBlocks.Block;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code softmax}, {@code log_softmax} and their gradients, row by row. The largest score of a row
 * is taken off first, so that no power overflows.
 */
final class Softmax {
  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either. */
  Softmax(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /** Leaves e^(x - largest of the row) in {@code powers}, and x - largest in x. */
  static void powers(Block block, double[] x, double[] k, double[] powers) {
    int cols = block.cols();
    for (int at = 0; at < block.count(); at += cols) {
      // A cell that is no number makes the row's sum none, whatever is the largest.
      double largest = LaneSums.largest(x, at, at + cols);
      for (int j = at; j < at + cols; j++) {
        x[j] -= largest;
      }
    }
    ExponentialBlocks.exp(x, k, powers, block.count());
  }

  Operand[] probabilities(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    if (!RowCode.pays(x.cols())) {
      return run(
          context,
          block -> {
            double[] out = block.cells()[1];
            powers(block, block.cells()[0], block.cells()[2], out);
            int cols = block.cols();
            for (int at = 0; at < block.count(); at += cols) {
              divide(out, at, cols);
            }
          },
          x);
    }
    int cols = Math.toIntExact(x.cols());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), cols, precision);
      parallel.forRange(
          context,
          x.rows(),
          RowsCode.taskRows(x),
          (from, to) -> {
            try (Scratch own = new Scratch(context.allocator())) {
              int most = RowsCode.rows(to - from, cols);
              RowsCode code =
                  new RowsCode(precision, most, 1, 1).withDoubles(own.doubles(most * cols), cols);
              RowsCode.Rows rows = RowsCode.Rows.of(x, out);
              // Where it was refused once, the scores may be far from each other everywhere.
              boolean isQuick = precision == Precision.FP32 && cols <= CellFunction.MOST_SHARES;
              for (long row = from; row < to; row += most) {
                int count = (int) Math.min(most, to - row);
                isQuick =
                    isQuick && code.run(CellFunction.QUICK_SOFTMAX, rows, row * cols, count, cols);
                if (!isQuick && !code.run(CellFunction.SOFTMAX, rows, row * cols, count, cols)) {
                  shareOneByOne(new RowShares(precision, cols, own), x, out, row, count);
                }
              }
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  private static void shareOneByOne(
      RowShares shares, DenseMatrix x, DenseMatrix out, long row, int count) {
    int cols = (int) x.cols();
    long bytes = (long) cols * x.precision().bytesPerCell();
    for (long i = row; i < row + count; i++) {
      MemorySegment cells = x.segment().asSlice(i * bytes, bytes);
      shares.run(cells, 1, out.segment().asSlice(i * bytes, bytes), cols);
    }
  }

  /** Makes a row of rows of the operands. */
  @FunctionalInterface
  private interface RowStep {
    void run(RowShares shares, MemorySegment[] rows, MemorySegment out, int cols);
  }

  /** In machine code. */
  private Operand[] byRows(ExecutionContext context, RowStep step, DenseMatrix... operands) {
    DenseMatrix like = operands[0];
    int cols = Math.toIntExact(like.cols());
    long bytes = (long) cols * precision.bytesPerCell();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(like.rows(), cols, precision);
      parallel.forRange(
          context,
          like.rows(),
          RowBlocks.of(parallel, context, like).taskRows(),
          (from, to) -> {
            try (Scratch own = new Scratch(context.allocator())) {
              RowShares shares = new RowShares(precision, cols, own);
              MemorySegment[] rows = new MemorySegment[operands.length];
              for (long row = from; row < to; row++) {
                for (int i = 0; i < rows.length; i++) {
                  rows[i] = operands[i].segment().asSlice(row * bytes, bytes);
                }
                step.run(shares, rows, out.segment().asSlice(row * bytes, bytes), cols);
              }
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  private static void divide(double[] powers, int at, int cols) {
    double sum = LaneSums.sum(powers, at, at + cols);
    for (int j = at; j < at + cols; j++) {
      powers[j] /= sum;
    }
  }

  Operand[] logarithms(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix scores = Arguments.matrix(operation, inputs, 0, precision);
    if (RowCode.pays(scores.cols())) {
      return byRows(
          context, (shares, rows, out, cols) -> shares.runLogarithms(rows[0], out, cols), scores);
    }
    return run(
        context,
        block -> {
          double[] x = block.cells()[0];
          double[] out = block.cells()[1];
          powers(block, x, block.cells()[2], out);
          int cols = block.cols();
          for (int at = 0; at < block.count(); at += cols) {
            double log = Math.log(LaneSums.sum(out, at, at + cols));
            for (int j = at; j < at + cols; j++) {
              out[j] = x[j] - log;
            }
          }
        },
        scores);
  }

  /** From dprobs and probs: probs (dprobs - sum of dprobs probs). */
  Operand[] gradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix[] operands = two(operation, inputs);
    if (RowCode.pays(operands[0].cols())) {
      return byRows(
          context,
          (shares, rows, out, cols) -> shares.runSlopes(rows[0], rows[1], out, cols),
          operands);
    }
    return run(
        context,
        block -> {
          double[] gradient = block.cells()[0];
          double[] probs = block.cells()[1];
          double[] out = block.cells()[2];
          int cols = block.cols();
          for (int at = 0; at < block.count(); at += cols) {
            double sum = LaneSums.products(gradient, at, 0, probs, at, cols);
            for (int j = at; j < at + cols; j++) {
              out[j] = gradient[j] * probs[j] - probs[j] * sum;
            }
          }
        },
        operands);
  }

  /** From dlogprobs and logprobs: dlogprobs - e^logprobs times the sum of dlogprobs. */
  Operand[] logarithmGradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    return run(
        context,
        block -> {
          double[] gradient = block.cells()[0];
          double[] out = block.cells()[2];
          ExponentialBlocks.exp(block.cells()[1], block.cells()[3], out, block.count());
          int cols = block.cols();
          for (int at = 0; at < block.count(); at += cols) {
            double sum = LaneSums.sum(gradient, at, at + cols);
            for (int j = at; j < at + cols; j++) {
              out[j] = gradient[j] - out[j] * sum;
            }
          }
        },
        two(operation, inputs));
  }

  @FunctionalInterface
  private interface Step {
    void run(Block block);
  }

  /** Both operands, of one shape. */
  private DenseMatrix[] two(Operation operation, Operand[] inputs) {
    DenseMatrix first = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix second = Arguments.matrix(operation, inputs, 1, precision);
    LayerResults.requireEqual(operation, 1, second.shape(), first.shape());
    return new DenseMatrix[] {first, second};
  }

  private Operand[] run(ExecutionContext context, Step step, DenseMatrix... operands) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(operands[0].rows(), operands[0].cols(), precision);
      RowBlocks.of(parallel, context, out)
          .run(operands, new DenseMatrix[] {out}, 1, (block, _) -> step.run(block));
      return new Operand[] {scratch.keep(out)};
    }
  }
}
