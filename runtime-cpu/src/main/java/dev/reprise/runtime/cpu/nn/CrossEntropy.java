package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.nn.RowBlocks.Block;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code softmax_cross_entropy}: the mean over all rows of -sum(y log(softmax(scores))), and its
 * gradient, without the probabilities ever being stored. What is wanted is a probability for each
 * score, or the number of a class for each row; a number that is no class stands for a row of
 * zeros, as one-hot coding has it.
 */
final class CrossEntropy {
  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either. */
  CrossEntropy(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  Operand[] loss(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix scores = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix y = wanted(operation, inputs, scores);
    RowBlocks blocks = RowBlocks.of(parallel, context, scores);
    double[] sums = new double[blocks.tasks()];
    if (RowCode.pays(scores.cols()) && !isEach(y, scores)) {
      addLossesOfClasses(blocks, scores, y, sums);
    } else if (RowCode.pays(scores.cols())) {
      forEachRow(blocks, scores, (shares, row, task) -> sums[task] += loss(shares, scores, y, row));
    } else {
      addLosses(blocks, scores, y, sums);
    }
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return new Operand[] {Scalar.of(sum / scores.rows())};
  }

  /** Of some rows at a time, in machine code. */
  private void addLossesOfClasses(
      RowBlocks blocks, DenseMatrix scores, DenseMatrix y, double[] sums) {
    int cols = (int) scores.cols();
    forEachTask(
        blocks,
        (from, to, task, own) -> {
          RowsShares shares = RowsShares.ofSums(scores, to - from);
          RowShares one = new RowShares(precision, cols, own);
          shares.forEach(
              from,
              to,
              (row, count) -> {
                for (int i = 0; i < count; i++) {
                  int number = classOf(y, row + i, cols);
                  if (number >= 0) {
                    sums[task] += shares.loss(i, scores.get(row + i, number));
                  }
                }
              },
              (row, count) -> {
                for (long i = row; i < row + count; i++) {
                  sums[task] += loss(one, scores, y, i);
                }
              });
        });
  }

  /** In arrays. */
  private void addLosses(RowBlocks blocks, DenseMatrix scores, DenseMatrix y, double[] sums) {
    blocks.run(
        operands(scores, y),
        new DenseMatrix[0],
        3,
        (block, task) -> {
          double[] x = block.cells()[0];
          double[] wanted = wanted(block, y);
          double[] terms = block.cells()[block.cells().length - 2];
          Softmax.powers(block, x, block.cells()[block.cells().length - 3], terms);
          int cols = block.cols();
          for (int at = 0; at < block.count(); at += cols) {
            double log = Math.log(LaneSums.sum(terms, at, at + cols));
            for (int j = at; j < at + cols; j++) {
              terms[j] = wanted[j] == 0 ? 0 : wanted[j] * (log - x[j]);
            }
            sums[task] += LaneSums.sum(terms, at, at + cols);
          }
        });
  }

  private static MemorySegment row(DenseMatrix matrix, long row) {
    long bytes = matrix.cols() * matrix.precision().bytesPerCell();
    return matrix.segment().asSlice(row * bytes, bytes);
  }

  /** The loss of one row, in machine code. */
  private static double loss(RowShares shares, DenseMatrix scores, DenseMatrix y, long row) {
    int cols = (int) scores.cols();
    if (isEach(y, scores)) {
      return shares.loss(row(scores, row), row(y, row), cols);
    }
    int number = classOf(y, row, cols);
    return number < 0 ? 0 : shares.loss(row(scores, row), scores.get(row, number), cols);
  }

  /** What is done with one row; what belongs to a task is numbered from 0. */
  @FunctionalInterface
  private interface RowStep {
    void run(RowShares shares, long row, int task);
  }

  private void forEachRow(RowBlocks blocks, DenseMatrix scores, RowStep step) {
    forEachTask(
        blocks,
        (from, to, task, own) -> {
          RowShares shares = new RowShares(precision, (int) scores.cols(), own);
          for (long row = from; row < to; row++) {
            step.run(shares, row, task);
          }
        });
  }

  /** What is done with the rows of a task. */
  @FunctionalInterface
  private interface RowsTask {
    void run(long from, long to, int task, Scratch own);
  }

  private void forEachTask(RowBlocks blocks, RowsTask body) {
    ExecutionContext context = blocks.context();
    long taskRows = blocks.taskRows();
    parallel.forRange(
        context,
        blocks.rows(),
        taskRows,
        (from, to) -> {
          try (Scratch own = new Scratch(context.allocator())) {
            body.run(from, to, (int) (from / taskRows), own);
          }
        });
  }

  /** The gradient of some rows of classes at a time, in machine code. */
  private void writeGradientsOfClasses(
      RowBlocks blocks, DenseMatrix scores, DenseMatrix y, double factor, DenseMatrix out) {
    int cols = (int) scores.cols();
    forEachTask(
        blocks,
        (from, to, _, own) -> {
          RowsShares shares = RowsShares.of(scores, to - from, own);
          RowShares one = new RowShares(precision, cols, own);
          double[] wanted = new double[(int) (to - from)];
          shares.forEach(
              from,
              to,
              (row, count) -> {
                for (int i = 0; i < count; i++) {
                  wanted[i] = classOf(y, row + i, cols) < 0 ? 0 : 1;
                }
                shares.scale(wanted, factor, out, row, count);
                for (int i = 0; i < count; i++) {
                  int number = classOf(y, row + i, cols);
                  if (number >= 0) {
                    out.set(row + i, number, shares.missed(i, number, factor));
                  }
                }
              },
              (row, count) -> {
                for (long i = row; i < row + count; i++) {
                  writeGradient(one, scores, y, factor, out, i);
                }
              });
        });
  }

  /** The gradient of one row, in machine code. */
  private static void writeGradient(
      RowShares shares,
      DenseMatrix scores,
      DenseMatrix y,
      double factor,
      DenseMatrix out,
      long row) {
    int cols = (int) scores.cols();
    if (isEach(y, scores)) {
      shares.runGradient(row(scores, row), row(y, row), factor, row(out, row), cols);
      return;
    }
    int number = classOf(y, row, cols);
    shares.runGradient(row(scores, row), number < 0 ? 0 : 1, factor, row(out, row), cols);
    if (number >= 0) {
      out.set(row, number, shares.missed(number, factor));
    }
  }

  /** (softmax(scores) sum(y) - y) over the number of rows. */
  Operand[] gradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix scores = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix y = wanted(operation, inputs, scores);
    double factor = 1.0 / scores.rows();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(scores.rows(), scores.cols(), precision);
      RowBlocks blocks = RowBlocks.of(parallel, context, scores);
      if (RowCode.pays(scores.cols()) && !isEach(y, scores)) {
        writeGradientsOfClasses(blocks, scores, y, factor, out);
        return new Operand[] {scratch.keep(out)};
      }
      if (RowCode.pays(scores.cols())) {
        forEachRow(
            blocks, scores, (shares, row, _) -> writeGradient(shares, scores, y, factor, out, row));
        return new Operand[] {scratch.keep(out)};
      }
      DenseMatrix[] operands = operands(scores, y);
      blocks.run(
          operands,
          new DenseMatrix[] {out},
          2,
          (block, _) -> {
            double[] wanted = wanted(block, y);
            double[] powers = block.cells()[operands.length];
            Softmax.powers(
                block, block.cells()[0], block.cells()[block.cells().length - 2], powers);
            int cols = block.cols();
            for (int at = 0; at < block.count(); at += cols) {
              double share =
                  LaneSums.sum(wanted, at, at + cols) / LaneSums.sum(powers, at, at + cols);
              for (int j = at; j < at + cols; j++) {
                powers[j] = (powers[j] * share - wanted[j]) * factor;
              }
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  private DenseMatrix wanted(Operation operation, Operand[] inputs, DenseMatrix scores) {
    DenseMatrix y = Arguments.matrix(operation, inputs, 1, precision);
    LayerResults.requireClasses(operation, scores.shape(), y.shape());
    return y;
  }

  /** Whether there is a probability for each score; else there are classes. */
  private static boolean isEach(DenseMatrix y, DenseMatrix scores) {
    return y.shape().equals(scores.shape());
  }

  /** The class that is wanted of a row, from 0, or -1. */
  private static int classOf(DenseMatrix y, long row, int cols) {
    double number = y.get(row, 0);
    return number >= 1 && number < cols + 1.0 ? (int) number - 1 : -1;
  }

  private static DenseMatrix[] operands(DenseMatrix scores, DenseMatrix y) {
    return isEach(y, scores) ? new DenseMatrix[] {scores, y} : new DenseMatrix[] {scores};
  }

  /** The wanted probabilities of a block: in its second array, or made of classes in its last. */
  private static double[] wanted(Block block, DenseMatrix y) {
    if (y.cols() == block.cols()) {
      return block.cells()[1];
    }
    double[] wanted = block.cells()[block.cells().length - 1];
    Arrays.fill(wanted, 0);
    for (int i = 0; i < block.rows(); i++) {
      int number = classOf(y, block.row() + i, block.cols());
      if (number >= 0) {
        wanted[i * block.cols() + number] = 1;
      }
    }
    return wanted;
  }
}
