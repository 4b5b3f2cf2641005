package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;

/** Gradients of {@code leaky_relu} and {@code elu}, whose slope below 0 is a number alpha. */
final class SlopedGradients {
  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either. */
  SlopedGradients(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  Operand[] leakyRelu(Operation operation, Operand[] inputs, ExecutionContext context) {
    double alpha = Arguments.number(operation, inputs, 2);
    return run(
        operation,
        inputs,
        context,
        block -> {
          double[] dout = block.cells()[0];
          double[] x = block.cells()[1];
          double[] out = block.cells()[2];
          for (int i = 0; i < block.count(); i++) {
            out[i] = x[i] > 0 ? dout[i] : alpha * dout[i];
          }
        });
  }

  Operand[] elu(Operation operation, Operand[] inputs, ExecutionContext context) {
    double alpha = Arguments.number(operation, inputs, 2);
    return run(
        operation,
        inputs,
        context,
        block -> {
          double[] dout = block.cells()[0];
          double[] x = block.cells()[1];
          double[] out = block.cells()[2];
          double[] low = block.cells()[3];
          for (int i = 0; i < block.count(); i++) {
            low[i] = Math.min(x[i], 0);
          }
          ExponentialBlocks.exp(low, block.cells()[4], out, block.count());
          for (int i = 0; i < block.count(); i++) {
            out[i] = x[i] > 0 ? dout[i] : alpha * out[i] * dout[i];
          }
        });
  }

  @FunctionalInterface
  private interface Step {
    void run(RowBlocks.Block block);
  }

  private Operand[] run(
      Operation operation, Operand[] inputs, ExecutionContext context, Step step) {
    DenseMatrix dout = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix x = Arguments.matrix(operation, inputs, 1, precision);
    LayerResults.requireEqual(operation, 1, x.shape(), dout.shape());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), x.cols(), precision);
      RowBlocks.of(parallel, context, out)
          .run(
              new DenseMatrix[] {dout, x},
              new DenseMatrix[] {out},
              2,
              (block, _) -> step.run(block));
      return new Operand[] {scratch.keep(out)};
    }
  }
}
