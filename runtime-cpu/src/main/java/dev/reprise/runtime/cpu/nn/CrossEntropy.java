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
    blocks.run(
        operands(scores, y),
        new DenseMatrix[0],
        3,
        (block, task) -> {
          double[] x = block.cells()[0];
          double[] wanted = wanted(block, y);
          double[] powers = block.cells()[block.cells().length - 2];
          Softmax.powers(block, x, block.cells()[block.cells().length - 3], powers);
          int cols = block.cols();
          for (int at = 0; at < block.count(); at += cols) {
            double log = Math.log(LaneSums.sum(powers, at, at + cols));
            for (int j = at; j < at + cols; j++) {
              sums[task] += wanted[j] == 0 ? 0 : wanted[j] * (log - x[j]);
            }
          }
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return new Operand[] {Scalar.of(sum / scores.rows())};
  }

  /** (softmax(scores) sum(y) - y) over the number of rows. */
  Operand[] gradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix scores = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix y = wanted(operation, inputs, scores);
    double factor = 1.0 / scores.rows();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(scores.rows(), scores.cols(), precision);
      DenseMatrix[] operands = operands(scores, y);
      RowBlocks.of(parallel, context, scores)
          .run(
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

  private static DenseMatrix[] operands(DenseMatrix scores, DenseMatrix y) {
    return y.shape().equals(scores.shape())
        ? new DenseMatrix[] {scores, y}
        : new DenseMatrix[] {scores};
  }

  /** The wanted probabilities of a block: in its second array, or made of classes in its last. */
  private static double[] wanted(Block block, DenseMatrix y) {
    if (y.cols() == block.cols()) {
      return block.cells()[1];
    }
    double[] wanted = block.cells()[block.cells().length - 1];
    Arrays.fill(wanted, 0);
    for (int i = 0; i < block.rows(); i++) {
      double number = y.get(block.row() + i, 0);
      if (number >= 1 && number < block.cols() + 1.0) {
        wanted[i * block.cols() + (int) number - 1] = 1;
      }
    }
    return wanted;
  }
}
