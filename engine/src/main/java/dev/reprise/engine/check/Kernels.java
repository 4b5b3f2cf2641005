package dev.reprise.engine.check;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Supplier;

/** What computes an operation again for who wants to compare. Thread-safe. */
public interface Kernels {

  /**
   * Executes an operation; waits for memory, so nothing may be pinned.
   *
   * @param inputs complete; borrowed
   * @return the output, or a list of them; the caller owns one reference
   */
  Value run(Operation operation, Value[] inputs, ExecutionContext context);

  /** The result of what pins values, when there is memory for them. */
  <T> T inTurn(Supplier<T> attempt);

  /** False when a value may have been made on another device than it would be now. */
  boolean keepsToOneDevice();
}
