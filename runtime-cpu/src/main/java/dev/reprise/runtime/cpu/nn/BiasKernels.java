package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.NeuralResults;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code bias_add}, {@code bias_multiply}: one number per channel, added to or multiplied with all
 * cells of that channel. The bias is a column that divides the columns of the input evenly.
 */
final class BiasKernels {
  private static final int BLOCK = 1024;
  private static final long CELLS_PER_TASK = 1 << 15;

  private final Parallel parallel;
  private final Precision precision;
  private final MachineChannels sums;
  private final MachineChannels products;

  /** Of matrices of that precision; computes in double, or with the same bits in floats. */
  BiasKernels(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
    this.sums = new MachineChannels(precision, "+");
    this.products = new MachineChannels(precision, "*");
  }

  /** Changes the first cells of a block. */
  @FunctionalInterface
  private interface BlockBody {
    void apply(double[] block, int n, double bias);
  }

  Operand[] add(Operation operation, Operand[] inputs, ExecutionContext context) {
    return run(operation, inputs, context, BiasKernels::add, sums);
  }

  Operand[] multiply(Operation operation, Operand[] inputs, ExecutionContext context) {
    return run(operation, inputs, context, BiasKernels::multiply, products);
  }

  private Operand[] run(
      Operation operation,
      Operand[] inputs,
      ExecutionContext context,
      BlockBody body,
      MachineChannels code) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix bias = Arguments.matrix(operation, inputs, 1, precision);
    NeuralResults.requireBias(operation, x.shape(), bias.shape());
    long channels = bias.rows();
    long cells = x.cols() / channels;
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), x.cols(), precision);
      parallel.forRange(
          context,
          x.rows() * channels,
          Parallel.chunk(x.rows() * channels, Math.max(1, CELLS_PER_TASK / Math.max(1, cells))),
          (from, to) -> {
            if (RowCode.pays(cells)) {
              code.run(x, bias, out, cells, from, to);
            } else {
              run(x, bias, out, cells, from, to, body);
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** In arrays, some channels of images. */
  private void run(
      DenseMatrix x,
      DenseMatrix bias,
      DenseMatrix out,
      long cells,
      long from,
      long to,
      BlockBody body) {
    double[] block = new double[(int) Math.min(BLOCK, cells)];
    CellBlocks blocks = new CellBlocks(precision, block.length);
    for (long plane = from; plane < to; plane++) {
      double number = bias.get(plane % bias.rows(), 0);
      for (long i = plane * cells; i < (plane + 1) * cells; i += BLOCK) {
        int n = (int) Math.min(BLOCK, (plane + 1) * cells - i);
        blocks.load(x.segment(), i, block, 0, n);
        body.apply(block, n, number);
        blocks.store(block, 0, out.segment(), i, n);
      }
    }
  }

  private static void add(double[] block, int n, double bias) {
    for (int i = 0; i < n; i++) {
      block[i] += bias;
    }
  }

  private static void multiply(double[] block, int n, double bias) {
    for (int i = 0; i < n; i++) {
      block[i] *= bias;
    }
  }
}
