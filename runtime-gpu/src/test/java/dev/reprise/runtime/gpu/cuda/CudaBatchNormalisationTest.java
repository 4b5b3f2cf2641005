package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.BatchNormalisationOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaBatchNormalisationTest extends BatchNormalisationOnDevice {
  CudaBatchNormalisationTest() {
    super(Devices.cuda());
  }
}
