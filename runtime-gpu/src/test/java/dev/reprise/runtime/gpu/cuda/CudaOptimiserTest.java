package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.OptimiserOnDevice;

class CudaOptimiserTest extends OptimiserOnDevice {
  CudaOptimiserTest() {
    super(Devices.cuda());
  }
}
