package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.BatchNormalisationContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class BatchNormalisationOnDevice extends BatchNormalisationContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected BatchNormalisationOnDevice(Accelerator accelerator) {
    this.devices = new HostedDevices(accelerator);
  }

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched("batch_norm2d", "batch_norm2d_backward");
    }
  }
}
