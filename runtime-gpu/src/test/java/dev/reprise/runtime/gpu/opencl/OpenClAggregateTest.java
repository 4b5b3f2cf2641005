package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.HostedDevices;
import dev.reprise.testkit.AggregateContract;
import org.junit.jupiter.api.AfterAll;

class OpenClAggregateTest extends AggregateContract {
  private final HostedDevices devices = new HostedDevices(Devices.opencl());

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
