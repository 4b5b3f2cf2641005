package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SortComparison;

class CudaSortComparisonTest extends SortComparison {
  CudaSortComparisonTest() {
    super(Devices.cuda(), Precision.values());
  }
}
