package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.BatchNormalisationOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClBatchNormalisationTest extends BatchNormalisationOnDevice {
  OpenClBatchNormalisationTest() {
    super(Devices.opencl());
  }
}
