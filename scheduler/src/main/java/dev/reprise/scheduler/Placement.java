package dev.reprise.scheduler;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Value;

/**
 * Decides where operations run. A function of the work, its operands and the state of the devices;
 * thread-safe.
 */
public interface Placement {

  /**
   * The worker of the accelerator that is to do the work; null for the processor.
   *
   * @param inputs complete matrices and scalars
   * @param described the same as accelerators are asked about them
   * @param work estimated nanoseconds on one core
   */
  AcceleratorWorker place(DeviceWork task, Value[] inputs, DeviceOperand[] described, double work);

  /** Hears how long the processor took. */
  default void ranOnHost(DeviceWork task, double work, long nanos) {}

  /** Hears how long an accelerator took. */
  default void ranOn(AcceleratorWorker worker, DeviceWork task, double work, long nanos) {}
}
