package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SortComparison;

class OpenClSortComparisonTest extends SortComparison {
  OpenClSortComparisonTest() {
    super(Devices.opencl(), Precision.values());
  }
}
