package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.FactorisationOnDevice;

class OpenClFactorisationTest extends FactorisationOnDevice {
  OpenClFactorisationTest() {
    super(Devices.opencl());
  }
}
