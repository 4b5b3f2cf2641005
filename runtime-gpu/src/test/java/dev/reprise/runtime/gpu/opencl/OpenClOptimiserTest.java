package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.OptimiserOnDevice;

class OpenClOptimiserTest extends OptimiserOnDevice {
  OpenClOptimiserTest() {
    super(Devices.opencl());
  }
}
