package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.HostedDevices;
import dev.reprise.testkit.CellContract;
import org.junit.jupiter.api.AfterAll;

class CudaCellTest extends CellContract {
  private final HostedDevices devices = new HostedDevices(Devices.cuda());

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched("+", "-", "*", "/");
    }
  }
}
