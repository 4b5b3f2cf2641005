package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.AttentionContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class AttentionOnDevice extends AttentionContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected AttentionOnDevice(Accelerator accelerator) {
    this.devices = new HostedDevices(accelerator);
  }

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched("attention", "attention_backward");
    }
  }
}
