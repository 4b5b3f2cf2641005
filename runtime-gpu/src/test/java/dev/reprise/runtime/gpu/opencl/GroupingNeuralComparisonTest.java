package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.NeuralComparison;

/** The ways that are meant for GPUs. */
class GroupingNeuralComparisonTest extends NeuralComparison {
  GroupingNeuralComparisonTest() {
    super(GroupingOpenCl.open());
  }
}
