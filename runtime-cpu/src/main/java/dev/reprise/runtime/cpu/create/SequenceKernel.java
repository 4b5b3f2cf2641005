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
import dev.reprise.runtime.operation.NumberSequence;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code seq(from, to, incr)}: the numbers of a {@link NumberSequence} in a column, each the one
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
    NumberSequence numbers = numbers(operation, inputs);
    if (!numbers.isCountable()) {
      throw new OperandException(
          "'seq' cannot reach "
              + numbers.to()
              + " from "
              + numbers.from()
              + " in steps of "
              + numbers.step());
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(numbers.count(), 1, precision);
      double[] block = new double[(int) Math.min(BLOCK, out.rows())];
      CellBlocks blocks = new CellBlocks(precision, block.length);
      double value = numbers.from();
      for (long i = 0; i < out.rows(); i += BLOCK) {
        int n = (int) Math.min(BLOCK, out.rows() - i);
        value = count(block, n, value, numbers.step());
        blocks.store(block, 0, out.segment(), i, n);
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  private static NumberSequence numbers(Operation operation, Operand[] inputs) {
    double from = Arguments.number(operation, inputs, 0);
    double to = Arguments.number(operation, inputs, 1);
    return Arguments.isAbsent(inputs[2])
        ? new NumberSequence(from, to)
        : new NumberSequence(from, to, Arguments.number(operation, inputs, 2));
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
