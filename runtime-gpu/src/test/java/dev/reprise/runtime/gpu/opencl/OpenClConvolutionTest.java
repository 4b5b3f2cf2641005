package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ConvolutionOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClConvolutionTest extends ConvolutionOnDevice {
  OpenClConvolutionTest() {
    super(Devices.opencl());
  }
}
