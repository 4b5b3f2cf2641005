package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.AttentionOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaAttentionTest extends AttentionOnDevice {
  CudaAttentionTest() {
    super(Devices.cuda());
  }
}
