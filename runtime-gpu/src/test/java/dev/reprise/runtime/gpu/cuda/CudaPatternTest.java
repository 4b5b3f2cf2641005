package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.PatternOnDevice;

class CudaPatternTest extends PatternOnDevice {
  CudaPatternTest() {
    super(Devices.cuda());
  }
}
