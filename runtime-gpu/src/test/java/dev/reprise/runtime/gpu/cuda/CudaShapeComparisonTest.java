package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ShapeComparison;

class CudaShapeComparisonTest extends ShapeComparison {
  CudaShapeComparisonTest() {
    super(Devices.cuda());
  }
}
