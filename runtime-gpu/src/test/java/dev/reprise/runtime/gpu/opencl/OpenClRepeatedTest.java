package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.RepeatedOnDevice;

class OpenClRepeatedTest extends RepeatedOnDevice {
  @Override
  protected Accelerator open() {
    return Devices.opencl();
  }
}
