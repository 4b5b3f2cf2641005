package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LayerOnDevice;

class CudaLayerTest extends LayerOnDevice {
  CudaLayerTest() {
    super(Devices.cuda());
  }
}
