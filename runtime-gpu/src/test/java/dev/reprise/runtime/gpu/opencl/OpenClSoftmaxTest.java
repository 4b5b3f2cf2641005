package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SoftmaxOnDevice;

class OpenClSoftmaxTest extends SoftmaxOnDevice {
  OpenClSoftmaxTest() {
    super(Devices.opencl());
  }
}
