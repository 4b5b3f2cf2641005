package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SparseComparison;

class OpenClSparseComparisonTest extends SparseComparison {
  OpenClSparseComparisonTest() {
    super(Devices.opencl());
  }
}
