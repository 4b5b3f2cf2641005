package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.ConvolutionOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaConvolutionTest extends ConvolutionOnDevice {
  CudaConvolutionTest() {
    super(Devices.cuda());
  }
}
