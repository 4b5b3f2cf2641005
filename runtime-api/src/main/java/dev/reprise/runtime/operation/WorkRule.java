package dev.reprise.runtime.operation;

import dev.reprise.runtime.Value;

/**
 * Estimates the work of an operation, from shapes alone: no clock, so the estimate is repeatable.
 */
@FunctionalInterface
public interface WorkRule {

  /**
   * Estimates the work.
   *
   * @param operation opcode and attributes
   * @param inputs values, some of which may not be computed yet (see {@link Shapes})
   * @return nanoseconds on one nominal core; unknown shapes count as large
   */
  double nanos(Operation operation, Value[] inputs);
}
