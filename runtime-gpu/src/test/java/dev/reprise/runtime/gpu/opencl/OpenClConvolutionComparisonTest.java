package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ConvolutionComparison;
import dev.reprise.runtime.gpu.Devices;

class OpenClConvolutionComparisonTest extends ConvolutionComparison {
  OpenClConvolutionComparisonTest() {
    super(Devices.opencl());
  }
}
