package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.FactorisationOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClFactorisationTest extends FactorisationOnDevice {
  OpenClFactorisationTest() {
    super(Devices.opencl());
  }
}
