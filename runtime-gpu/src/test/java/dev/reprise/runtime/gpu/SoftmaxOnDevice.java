package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.SoftmaxContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class SoftmaxOnDevice extends SoftmaxContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected SoftmaxOnDevice(Accelerator accelerator) {
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
          "softmax",
          "softmax_backward",
          "log_softmax",
          "log_softmax_backward",
          "softmax_cross_entropy",
          "softmax_cross_entropy_backward",
          "leaky_relu_backward",
          "elu_backward");
    }
  }
}
