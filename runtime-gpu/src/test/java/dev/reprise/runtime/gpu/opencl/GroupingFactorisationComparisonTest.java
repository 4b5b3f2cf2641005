package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.FactorisationComparison;

/** The ways that are meant for GPUs. */
class GroupingFactorisationComparisonTest extends FactorisationComparison {
  GroupingFactorisationComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
