package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.RoundedProductContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class RoundedProductOnDevice extends RoundedProductContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected RoundedProductOnDevice(Accelerator accelerator) {
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
          "matmul", "tsmm", "conv2d", "conv2d_backward_filter", "conv2d_backward_data");
    }
  }
}
