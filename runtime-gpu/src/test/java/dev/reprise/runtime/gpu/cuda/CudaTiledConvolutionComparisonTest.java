package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.ConvolutionComparison;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.KernelAccelerator;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay;

/** All shapes by tiles. */
class CudaTiledConvolutionComparisonTest extends ConvolutionComparison {
  CudaTiledConvolutionComparisonTest() {
    super(
        new KernelAccelerator(
            ((CudaProvider.Found) Devices.cudaCandidate()).backend(),
            ConvolutionWay.TILES.alone()));
  }
}
