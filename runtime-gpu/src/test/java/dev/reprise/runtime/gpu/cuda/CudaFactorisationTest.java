package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.FactorisationOnDevice;

class CudaFactorisationTest extends FactorisationOnDevice {
  CudaFactorisationTest() {
    super(Devices.cuda());
  }
}
