package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.RoundedProductOnDevice;

class OpenClRoundedProductTest extends RoundedProductOnDevice {
  OpenClRoundedProductTest() {
    super(Devices.opencl());
  }
}
