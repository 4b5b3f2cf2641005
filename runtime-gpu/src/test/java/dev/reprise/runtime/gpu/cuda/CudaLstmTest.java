package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LstmOnDevice;

class CudaLstmTest extends LstmOnDevice {
  CudaLstmTest() {
    super(Devices.cuda());
  }
}
