package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SoftmaxOnDevice;

class CudaSoftmaxTest extends SoftmaxOnDevice {
  CudaSoftmaxTest() {
    super(Devices.cuda());
  }
}
