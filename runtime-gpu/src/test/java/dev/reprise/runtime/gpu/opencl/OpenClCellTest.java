package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.CellOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClCellTest extends CellOnDevice {
  OpenClCellTest() {
    super(Devices.opencl());
  }
}
