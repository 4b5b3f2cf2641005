package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.LayerComparison;

/** The ways that are meant for GPUs. */
class GroupingLayerComparisonTest extends LayerComparison {
  GroupingLayerComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
