package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ShapeComparison;

class OpenClShapeComparisonTest extends ShapeComparison {
  OpenClShapeComparisonTest() {
    super(Devices.opencl());
  }
}
