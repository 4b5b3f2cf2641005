package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ShapeOnDevice;

class CudaShapeTest extends ShapeOnDevice {
  CudaShapeTest() {
    super(Devices.cuda());
  }
}
