package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * Applies a function to the stored values of a compressed matrix. Passes when the function of zero
 * is not zero, since the result is full then.
 */
final class SparseUnary implements Kernel {
  private final UnaryLoop loop;
  private final StoredValues values;

  SparseUnary(UnaryLoop loop, Parallel parallel) {
    this.loop = loop;
    this.values = new StoredValues(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    // Asked here, not when kernels are registered: functions of machine code are made for it.
    if (loop.cell(0) != 0) {
      return null;
    }
    SparseMatrix x = (SparseMatrix) inputs[0];
    MemorySegment cells = x.segment();
    long at = x.valuesAt();
    return new Operand[] {
      values.mapped(
          x, context, (from, n, out) -> loop.segment(cells, at + 8 * from, out, 8 * from, n))
    };
  }
}
