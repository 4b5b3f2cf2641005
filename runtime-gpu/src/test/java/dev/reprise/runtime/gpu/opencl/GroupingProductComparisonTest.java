package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ProductComparison;

/** The ways that are meant for GPUs. */
class GroupingProductComparisonTest extends ProductComparison {
  GroupingProductComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
