package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.RoundedProductOnDevice;

/** The ways that are meant for GPUs. */
class GroupingRoundedProductTest extends RoundedProductOnDevice {
  GroupingRoundedProductTest() {
    super(GroupingOpenCl.open());
  }
}
