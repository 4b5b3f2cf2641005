package dev.reprise.runtime.cpu;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.operation.Operation;

/**
 * A kernel with a shorter way for matrices of few cells, where what {@link Kernel#run} prepares for
 * large ones would take longer than the cells. Both ways give the same bits.
 */
public interface FewCells extends Kernel {
  /**
   * Computes what {@link #run} does.
   *
   * @param inputs numbers, and at least one dense fp64 matrix; none is empty
   * @return the output, owned by the caller; null where this way does not lead, and {@link #run} is
   *     to be asked
   */
  Operand runFew(Operation operation, Operand[] inputs, ExecutionContext context);
}
