package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ProductOnDevice;

class CudaProductTest extends ProductOnDevice {
  CudaProductTest() {
    super(Devices.cuda());
  }
}
