package dev.reprise.scheduler;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/**
 * One operation, or several in one kernel, for an accelerator; all its inputs are there. Whoever
 * submits it keeps references to the inputs until exactly one of {@link #launched}, {@link
 * #completed} and {@link #failed} is called, on the worker's thread. None may wait for anything
 * that needs the worker.
 */
public interface DeviceTask {

  /** The operation whose value comes out. */
  Operation operation();

  /** What is to be done. */
  default DeviceWork work() {
    return new OneOperation(operation());
  }

  /** Matrices, scalars, and numbers as the accelerator has them. */
  Value[] inputs();

  /** False when nobody wants the result any more: the task ends with a cancellation. */
  boolean isWanted();

  /**
   * Estimated nanoseconds of the work on one core when the task takes its value at the launch: then
   * {@link #launched} may be called in place of {@link #completed}. NaN when it does not.
   */
  default double launchedWork() {
    return Double.NaN;
  }

  /**
   * The operation has been launched and will most likely end well. What else is launched here finds
   * its value complete; whoever reads the cells elsewhere waits by himself. {@link #ended} follows
   * when it has ended, unless it fails: then the cells are lost.
   *
   * @param value as in {@link #completed}
   * @param nanos time that the device is expected to work on it
   */
  default void launched(Value value, long nanos) {
    throw new UnsupportedOperationException("the task waits for the end of the operation");
  }

  /** Whether {@link #launchedNumber} may be told of a cell; where nobody takes cells, none is. */
  default boolean takesNumber() {
    return true;
  }

  /**
   * The operation has been launched and makes a number, which is given out at its end: until then,
   * and later, what else is launched here may take the cell that it will be in. {@link #completed}
   * or {@link #failed} follows. Called only where {@link #launched} might be.
   *
   * @param cell one cell of fp64, whose reference the task takes over; lost if the operation fails
   */
  default void launchedNumber(ManagedMatrix cell) {
    cell.release();
  }

  /**
   * The operation whose value was given at the launch has ended.
   *
   * @param nanos time that the device worked on it
   * @param isMeasured false when that is what was expected, or a share of what several took
   */
  default void ended(long nanos, boolean isMeasured) {}

  /**
   * The operation has ended.
   *
   * @param value the result, whose reference the task takes over; a list when the opcode has
   *     several
   * @param nanos time that the device worked on it
   * @param isMeasured as in {@link #ended}
   */
  void completed(Value value, long nanos, boolean isMeasured);

  /**
   * The operation has failed.
   *
   * @param error an {@link dev.reprise.runtime.OperandException} for values that it does not
   *     accept; a {@link dev.reprise.runtime.ResourceException} when the accelerator could not do
   *     it, so that another device may
   */
  void failed(Throwable error);
}
