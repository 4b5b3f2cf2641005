package dev.reprise.runtime.gpu;

import dev.reprise.runtime.operation.OperationTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Kernels by opcode; immutable. */
public final class DeviceKernels {
  private final Map<String, DeviceKernel> kernels;

  private DeviceKernels(Map<String, DeviceKernel> kernels) {
    this.kernels = Map.copyOf(kernels);
  }

  /** The kernel of an opcode, or null. */
  public DeviceKernel find(String opcode) {
    return kernels.get(opcode);
  }

  public Set<String> opcodes() {
    return kernels.keySet();
  }

  /** Collects the kernels of all families. */
  public static final class Builder {
    private final Map<String, DeviceKernel> kernels = new HashMap<>();

    public Builder add(String opcode, DeviceKernel kernel) {
      OperationTable.standard().get(opcode);
      if (kernels.put(opcode, kernel) != null) {
        throw new IllegalStateException("two kernels for " + opcode);
      }
      return this;
    }

    public DeviceKernels build() {
      return new DeviceKernels(kernels);
    }
  }
}
