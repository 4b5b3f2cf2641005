package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LayerOnDevice;

class OpenClLayerTest extends LayerOnDevice {
  OpenClLayerTest() {
    super(Devices.opencl());
  }
}
