package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.CreateOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaCreateTest extends CreateOnDevice {
  CudaCreateTest() {
    super(Devices.cuda());
  }
}
