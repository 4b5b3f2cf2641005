package dev.reprise.engine.check;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/** What computes an operation again: for who wants to compare, and for a replay. Thread-safe. */
@FunctionalInterface
public interface Kernels {

  /**
   * Executes an operation; waits for memory, so nothing may be pinned.
   *
   * @param inputs complete; borrowed
   * @return the output, or a list of them; the caller owns one reference
   */
  Value run(Operation operation, Value[] inputs, ExecutionContext context);
}
