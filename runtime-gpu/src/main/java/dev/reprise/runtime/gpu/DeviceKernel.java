package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.operation.Operation;

/** One operation's host code: chooses kernels and launches them. Stateless. */
public interface DeviceKernel {

  /**
   * True when the kernel takes such operands. Asked only when all matrices have the operation's
   * precision and at least one cell.
   */
  default boolean supports(Operation operation, DeviceOperand[] inputs) {
    return true;
  }

  /**
   * True when the kernel takes such operands, of which at least one is a {@link
   * dev.reprise.runtime.DeviceSparse}; {@link #supports} is not asked then.
   */
  default boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
    return false;
  }

  /** True when the kernel computes in fp64 whatever the precision of its operands. */
  default boolean needsDoubles() {
    return false;
  }

  /** Launches; see {@link dev.reprise.runtime.accelerator.Accelerator#launch}. */
  DeviceOperand[] launch(KernelCall call);
}
