package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.SortComparison;

/** The ways that are meant for GPUs; in one precision, as their kernels take long to compile. */
class GroupingSortComparisonTest extends SortComparison {
  GroupingSortComparisonTest() {
    super(GroupingOpenCl.open(), Precision.FP64);
  }
}
