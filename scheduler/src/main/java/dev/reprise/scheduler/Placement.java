package dev.reprise.scheduler;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/**
 * Decides where an operation runs. A function of the operation, its operands and the state of the
 * devices; thread-safe.
 */
public interface Placement {

  /**
   * The worker of the accelerator that is to run the operation; null for the processor.
   *
   * @param inputs complete matrices and scalars
   * @param described the same as accelerators are asked about them
   * @param work estimated nanoseconds on one core
   */
  AcceleratorWorker place(
      Operation operation, Value[] inputs, DeviceOperand[] described, double work);

  /** Hears how long the processor took. */
  default void ranOnHost(Operation operation, double work, long nanos) {}

  /** Hears how long an accelerator took. */
  default void ranOn(AcceleratorWorker worker, Operation operation, double work, long nanos) {}
}
