package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.StatisticsComparison;

class CudaStatisticsComparisonTest extends StatisticsComparison {
  CudaStatisticsComparisonTest() {
    super(Devices.cuda());
  }
}
