package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.AggregateOnDevice;
import dev.reprise.runtime.gpu.Devices;

class OpenClAggregateTest extends AggregateOnDevice {
  OpenClAggregateTest() {
    super(Devices.opencl());
  }
}
