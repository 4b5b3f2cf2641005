package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.LayerComparison;

class OpenClLayerComparisonTest extends LayerComparison {
  OpenClLayerComparisonTest() {
    super(Devices.opencl());
  }
}
