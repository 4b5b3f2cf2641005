package dev.reprise.runtime.gpu;

import dev.reprise.runtime.gpu.kernel.CellKernels;

/** All families of kernels. */
public final class StandardKernels {
  private StandardKernels() {}

  public static DeviceKernels table() {
    DeviceKernels.Builder kernels = new DeviceKernels.Builder();
    CellKernels.register(kernels);
    return kernels.build();
  }
}
