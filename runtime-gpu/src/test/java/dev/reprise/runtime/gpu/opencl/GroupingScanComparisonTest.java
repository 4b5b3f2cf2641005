package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.ScanComparison;

/** The ways that are meant for GPUs; in one precision, as their kernels take long to compile. */
class GroupingScanComparisonTest extends ScanComparison {
  GroupingScanComparisonTest() {
    super(GroupingOpenCl.open(), Precision.FP64);
  }
}
