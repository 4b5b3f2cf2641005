package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ProductOnDevice;

class OpenClProductTest extends ProductOnDevice {
  OpenClProductTest() {
    super(Devices.opencl());
  }
}
