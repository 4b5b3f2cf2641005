package dev.reprise.engine.pipeline;

import dev.reprise.engine.control.Origin;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.report.Tally;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;

/**
 * An operation that asks for its value before some of its operands are computed. Used by the
 * control thread that runs it; its {@link Members} by whoever may have to compute it without that
 * thread.
 */
public interface LateOperands {
  LinkedOperation operation();

  /** The operands as they are: deferred, finished, or still being computed. */
  Value[] values();

  /** What the operation makes. */
  LineageItem item();

  /** The form of what it makes. */
  Meta meta();

  /** Estimated nanoseconds of what was deferred. */
  double workOfDeferred();

  /**
   * Computes the operands that were deferred, each as an instruction of its own, and returns all,
   * borrowed; never waits for a handle.
   */
  Value[] computed();

  /**
   * All that it takes to compute the operation.
   *
   * @param origin of the operation
   */
  Members members(Origin origin);

  /**
   * The operation and all that was deferred below it, one by one, with their items. What they read
   * is to be held by whoever computes them. Immutable.
   */
  interface Members {
    /** What they read, perhaps not complete yet. */
    Value[] leaves();

    /**
     * Computes the operation, after what was deferred. Waits for nothing but memory and, with a
     * store, another process, and leaves an accelerator's thread.
     *
     * @param complete the leaves, complete
     * @return the caller owns one reference
     */
    Value compute(Value[] complete, Execution execution, ExecutionContext kernel, Tally tally);
  }
}
