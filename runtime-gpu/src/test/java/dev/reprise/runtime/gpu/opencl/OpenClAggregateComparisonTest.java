package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.AggregateComparison;
import dev.reprise.runtime.gpu.Devices;

class OpenClAggregateComparisonTest extends AggregateComparison {
  OpenClAggregateComparisonTest() {
    super(Devices.opencl(), Precision.values());
  }
}
