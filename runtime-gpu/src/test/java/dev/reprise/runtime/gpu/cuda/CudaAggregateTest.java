package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.AggregateOnDevice;
import dev.reprise.runtime.gpu.Devices;

class CudaAggregateTest extends AggregateOnDevice {
  CudaAggregateTest() {
    super(Devices.cuda());
  }
}
