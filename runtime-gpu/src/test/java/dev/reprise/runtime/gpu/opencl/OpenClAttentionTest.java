package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.AttentionOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClAttentionTest extends AttentionOnDevice {
  OpenClAttentionTest() {
    super(Devices.opencl());
  }
}
