package dev.reprise.runtime.operation;

import dev.reprise.runtime.Value;

/**
 * Estimates the work of an operation, from shapes alone: no clock, so the estimate is repeatable.
 */
@FunctionalInterface
public interface WorkRule {

  /** Estimated nanoseconds on one nominal core; unknown shapes count as large. */
  double nanos(Operation operation, Value[] inputs);
}
