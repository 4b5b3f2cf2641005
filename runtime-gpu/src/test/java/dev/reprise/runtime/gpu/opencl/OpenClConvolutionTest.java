package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.HostedDevices;
import dev.reprise.testkit.ConvolutionContract;
import org.junit.jupiter.api.AfterAll;

class OpenClConvolutionTest extends ConvolutionContract {
  private final HostedDevices devices = new HostedDevices(Devices.opencl());

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched(
          "conv2d",
          "conv2d_backward_filter",
          "conv2d_backward_data",
          "max_pool",
          "max_pool_backward",
          "avg_pool",
          "avg_pool_backward",
          "bias_add",
          "bias_multiply");
    }
  }
}
