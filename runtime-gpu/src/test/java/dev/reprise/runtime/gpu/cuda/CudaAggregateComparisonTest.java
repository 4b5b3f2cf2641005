package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.AggregateComparison;
import dev.reprise.runtime.gpu.Devices;

class CudaAggregateComparisonTest extends AggregateComparison {
  CudaAggregateComparisonTest() {
    super(Devices.cuda(), Precision.values());
  }
}
