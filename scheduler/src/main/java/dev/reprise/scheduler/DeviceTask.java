package dev.reprise.scheduler;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/**
 * One operation, or several in one kernel, for an accelerator; all its inputs are complete. Whoever
 * submits it keeps references to the inputs until exactly one of {@link #completed} and {@link
 * #failed} is called, on the worker's thread, with nothing pinned. Neither may wait for anything
 * that needs the worker.
 */
public interface DeviceTask {

  /** The operation whose value comes out. */
  Operation operation();

  /** What is to be done. */
  default DeviceWork work() {
    return new OneOperation(operation());
  }

  /** Matrices and scalars. */
  Value[] inputs();

  /** False when nobody wants the result any more: the task ends with a cancellation. */
  boolean isWanted();

  /**
   * The operation has ended.
   *
   * @param value the result, whose reference the task takes over; a list when the opcode has
   *     several
   * @param nanos time that the device worked on it
   */
  void completed(Value value, long nanos);

  /**
   * The operation has failed.
   *
   * @param error an {@link dev.reprise.runtime.OperandException} for values that it does not
   *     accept; a {@link dev.reprise.runtime.ResourceException} when the accelerator could not do
   *     it, so that another device may
   */
  void failed(Throwable error);
}
