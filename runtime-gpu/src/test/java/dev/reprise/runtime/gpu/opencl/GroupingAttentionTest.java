package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.AttentionOnDevice;

/** The ways that are meant for GPUs. */
class GroupingAttentionTest extends AttentionOnDevice {
  GroupingAttentionTest() {
    super(GroupingOpenCl.open());
  }
}
