package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ProductComparison;

class CudaProductComparisonTest extends ProductComparison {
  CudaProductComparisonTest() {
    super(Devices.cuda());
  }
}
