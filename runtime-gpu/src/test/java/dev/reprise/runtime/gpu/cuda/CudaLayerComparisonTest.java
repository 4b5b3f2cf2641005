package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LayerComparison;

class CudaLayerComparisonTest extends LayerComparison {
  CudaLayerComparisonTest() {
    super(Devices.cuda());
  }
}
