package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.CellOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaCellTest extends CellOnDevice {
  CudaCellTest() {
    super(Devices.cuda());
  }
}
