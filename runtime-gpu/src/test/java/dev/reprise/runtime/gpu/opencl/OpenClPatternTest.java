package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.PatternOnDevice;

class OpenClPatternTest extends PatternOnDevice {
  OpenClPatternTest() {
    super(Devices.opencl());
  }
}
