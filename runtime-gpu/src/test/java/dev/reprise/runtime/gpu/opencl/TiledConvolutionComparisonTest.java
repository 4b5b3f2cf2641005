package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ConvolutionComparison;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay;

/** All shapes in one of the ways that GPUs choose from. */
class TiledConvolutionComparisonTest extends ConvolutionComparison {
  TiledConvolutionComparisonTest() {
    super(GroupingOpenCl.open(ConvolutionWay.TILES.alone()));
  }
}
