package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/** Estimated nanoseconds, from shapes alone, in the unit of the operation table's work rules. */
final class Costs {
  /**
   * A kernel call, its buffers and its look-up; about what a product of two tiny matrices takes.
   */
  static final double CALL = 3_000;

  /** Reading a cell here and writing it there. */
  private static final double NANOS_PER_COPIED_CELL = 1;

  /** Below this a value is computed rather than looked up; as the gate of the pipeline. */
  static final double LOOKUP_GATE = 2_000;

  private Costs() {}

  static double copy(Shape shape) {
    return NANOS_PER_COPIED_CELL * shape.cells();
  }

  /** Streaming the result to fresh memory. */
  private static final double NANOS_PER_RESULT_CELL = 0.5;

  static double call(Operation operation, Value[] inputs, Shape result) {
    return CALL
        + operation.opcode().work().nanos(operation, inputs)
        + (result == null ? 0 : NANOS_PER_RESULT_CELL * result.cells());
  }
}
