package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ShapeOnDevice;

class OpenClShapeTest extends ShapeOnDevice {
  OpenClShapeTest() {
    super(Devices.opencl());
  }
}
