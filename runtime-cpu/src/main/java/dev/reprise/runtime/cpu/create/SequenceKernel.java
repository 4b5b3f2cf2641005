package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code seq(from, to, incr)}: a column of floor((to - from) / incr) + 1 numbers, each the one
 * before plus {@code incr}, rounding included, as SystemDS adds them up.
 */
final class SequenceKernel implements Kernel {
  private static final int BLOCK = 1024;

  private final Precision precision;

  /** Makes cells of that precision; counts in double in either. */
  SequenceKernel(Precision precision) {
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    double from = Arguments.number(operation, inputs, 0);
    double to = Arguments.number(operation, inputs, 1);
    double incr =
        Arguments.isAbsent(inputs[2])
            ? (from <= to ? 1 : -1)
            : Arguments.number(operation, inputs, 2);
    double steps = Math.floor((to - from) / incr);
    if (!(steps >= 0 && steps < Long.MAX_VALUE) || incr == 0) {
      throw new OperandException(
          "'seq' cannot reach " + to + " from " + from + " in steps of " + incr);
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix((long) steps + 1, 1, precision);
      double[] block = new double[(int) Math.min(BLOCK, out.rows())];
      CellBlocks blocks = new CellBlocks(precision, block.length);
      double value = from;
      for (long i = 0; i < out.rows(); i += BLOCK) {
        int n = (int) Math.min(BLOCK, out.rows() - i);
        value = count(block, n, value, incr);
        blocks.store(block, 0, out.segment(), i, n);
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** Fills n cells; the number that comes next. */
  private static double count(double[] block, int n, double first, double incr) {
    double value = first;
    for (int i = 0; i < n; i++) {
      block[i] = value;
      value += incr;
    }
    return value;
  }
}
