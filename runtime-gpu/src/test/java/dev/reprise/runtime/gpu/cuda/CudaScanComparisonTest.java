package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ScanComparison;

class CudaScanComparisonTest extends ScanComparison {
  CudaScanComparisonTest() {
    super(Devices.cuda(), Precision.values());
  }
}
