package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.HostedDevices;
import dev.reprise.testkit.FactorisationContract;
import org.junit.jupiter.api.AfterAll;

class OpenClFactorisationTest extends FactorisationContract {
  private final HostedDevices devices = new HostedDevices(Devices.opencl());

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched("solve", "inv", "cholesky");
    }
  }
}
