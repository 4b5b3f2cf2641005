package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ProductComparison;

class OpenClProductComparisonTest extends ProductComparison {
  OpenClProductComparisonTest() {
    super(Devices.opencl());
  }
}
