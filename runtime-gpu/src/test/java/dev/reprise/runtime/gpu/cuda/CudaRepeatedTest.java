package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.RepeatedOnDevice;

class CudaRepeatedTest extends RepeatedOnDevice {
  @Override
  protected Accelerator open() {
    return Devices.cuda();
  }

  @Override
  protected Changes changes() {
    return Devices.isDriverInstalled()
        ? Changes.NONE
        : new Changes(SimulatedDriver.captures(), SimulatedDriver.settings());
  }
}
