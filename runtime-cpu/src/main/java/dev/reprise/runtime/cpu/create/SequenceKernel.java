package dev.reprise.runtime.cpu.create;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code seq(from, to, incr)}: a column of floor((to - from) / incr) + 1 numbers, each the one
 * before plus {@code incr}, rounding included, as SystemDS adds them up.
 */
final class SequenceKernel implements Kernel {

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
      DenseMatrix out = scratch.matrix((long) steps + 1, 1);
      MemorySegment cells = out.segment();
      double value = from;
      for (long i = 0; i < out.rows(); i++) {
        cells.setAtIndex(JAVA_DOUBLE, i, value);
        value += incr;
      }
      return new Operand[] {scratch.keep(out)};
    }
  }
}
