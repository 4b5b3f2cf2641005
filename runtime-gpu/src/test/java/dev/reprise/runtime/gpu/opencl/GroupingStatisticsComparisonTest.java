package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.StatisticsComparison;

/** The ways that are meant for GPUs. */
class GroupingStatisticsComparisonTest extends StatisticsComparison {
  GroupingStatisticsComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
