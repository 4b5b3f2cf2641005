package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.CreateOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClCreateTest extends CreateOnDevice {
  OpenClCreateTest() {
    super(Devices.opencl());
  }
}
