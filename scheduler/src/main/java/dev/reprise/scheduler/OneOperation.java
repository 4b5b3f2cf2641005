package dev.reprise.scheduler;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.operation.Operation;

/** An operation by itself. */
public record OneOperation(Operation operation) implements DeviceWork {
  @Override
  public String costClass() {
    return operation.name();
  }

  @Override
  public boolean isPossibleOn(Accelerator accelerator, DeviceOperand[] described) {
    return accelerator.supports(operation, described);
  }

  @Override
  public DeviceOperand[] launch(
      Accelerator accelerator, DeviceOperand[] inputs, DeviceAllocator allocator) {
    return accelerator.launch(operation, inputs, allocator);
  }
}
