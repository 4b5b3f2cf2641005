package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.FactorisationOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaFactorisationTest extends FactorisationOnDevice {
  CudaFactorisationTest() {
    super(Devices.cuda());
  }
}
