package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LstmOnDevice;

class OpenClLstmTest extends LstmOnDevice {
  OpenClLstmTest() {
    super(Devices.opencl());
  }
}
