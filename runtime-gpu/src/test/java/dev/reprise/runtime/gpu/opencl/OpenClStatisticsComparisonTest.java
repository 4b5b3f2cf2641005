package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.StatisticsComparison;

class OpenClStatisticsComparisonTest extends StatisticsComparison {
  OpenClStatisticsComparisonTest() {
    super(Devices.opencl());
  }
}
