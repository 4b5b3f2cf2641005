package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SparseComparison;

class CudaSparseComparisonTest extends SparseComparison {
  CudaSparseComparisonTest() {
    super(Devices.cuda());
  }
}
