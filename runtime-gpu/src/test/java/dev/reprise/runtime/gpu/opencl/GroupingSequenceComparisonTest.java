package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.SequenceComparison;

/** The ways that are meant for GPUs. */
class GroupingSequenceComparisonTest extends SequenceComparison {
  GroupingSequenceComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
