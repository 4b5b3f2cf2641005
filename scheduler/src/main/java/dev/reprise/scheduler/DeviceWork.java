package dev.reprise.scheduler;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.operation.Operation;

/** What an accelerator is asked to do: one operation, or several in one kernel. Immutable. */
public sealed interface DeviceWork permits OneOperation, FusedOperations {

  /** The operation whose value comes out. */
  Operation operation();

  /** The name under which its times are learnt, one word. */
  String costClass();

  /**
   * True when the accelerator has a kernel for it.
   *
   * @param described as in {@link Accelerator#supports(Operation, DeviceOperand[])}
   */
  boolean isPossibleOn(Accelerator accelerator, DeviceOperand[] described);

  /** Starts it, as {@link Accelerator#launch(Operation, DeviceOperand[], DeviceAllocator)} says. */
  DeviceOperand[] launch(
      Accelerator accelerator, DeviceOperand[] inputs, DeviceAllocator allocator);
}
