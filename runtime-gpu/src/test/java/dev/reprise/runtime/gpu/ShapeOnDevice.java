package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.ShapeContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class ShapeOnDevice extends ShapeContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ShapeOnDevice(Accelerator accelerator) {
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
          "t", "rightIndex", "leftIndex", "cbind", "rbind", "rev", "roll", "diag");
    }
  }
}
