package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.RoundedProductOnDevice;

class CudaRoundedProductTest extends RoundedProductOnDevice {
  CudaRoundedProductTest() {
    super(Devices.cuda());
  }
}
