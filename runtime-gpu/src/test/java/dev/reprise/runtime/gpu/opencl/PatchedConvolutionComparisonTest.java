package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ConvolutionComparison;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay;

/** All shapes in one of the ways that GPUs choose from. */
class PatchedConvolutionComparisonTest extends ConvolutionComparison {
  PatchedConvolutionComparisonTest() {
    super(GroupingOpenCl.open(ConvolutionWay.PATCHES.alone()));
  }
}
