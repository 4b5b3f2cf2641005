package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.ConvolutionContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class ConvolutionOnDevice extends ConvolutionContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ConvolutionOnDevice(Accelerator accelerator) {
    this.devices = new HostedDevices(accelerator);
  }

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
          "global_avg_pool",
          "global_avg_pool_backward",
          "global_max_pool",
          "global_max_pool_backward",
          "bias_add",
          "bias_multiply");
    }
  }
}
