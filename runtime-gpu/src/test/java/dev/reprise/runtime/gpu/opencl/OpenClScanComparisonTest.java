package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.ScanComparison;

class OpenClScanComparisonTest extends ScanComparison {
  OpenClScanComparisonTest() {
    super(Devices.opencl(), Precision.values());
  }
}
