package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.AggregateContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class AggregateOnDevice extends AggregateContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected AggregateOnDevice(Accelerator accelerator) {
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
          "sum",
          "mean",
          "var",
          "sd",
          "min",
          "max",
          "rowSums",
          "rowMeans",
          "rowVars",
          "rowSds",
          "rowMins",
          "rowMaxs",
          "rowIndexMax",
          "rowIndexMin",
          "colSums",
          "colMeans",
          "colVars",
          "colSds",
          "colMins",
          "colMaxs",
          "prod",
          "rowProds",
          "colProds",
          "trace",
          "colIndexMax",
          "colIndexMin",
          "cumsum",
          "cumprod");
    }
  }
}
