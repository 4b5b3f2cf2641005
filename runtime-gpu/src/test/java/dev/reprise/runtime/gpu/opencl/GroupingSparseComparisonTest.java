package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.SparseComparison;

/** The ways that are meant for GPUs. */
class GroupingSparseComparisonTest extends SparseComparison {
  GroupingSparseComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
