package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ShapeComparison;

/** The ways that are meant for GPUs. */
class GroupingShapeComparisonTest extends ShapeComparison {
  GroupingShapeComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
