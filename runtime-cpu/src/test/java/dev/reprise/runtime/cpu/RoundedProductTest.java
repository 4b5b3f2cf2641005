package dev.reprise.runtime.cpu;

import dev.reprise.runtime.Device;
import dev.reprise.testkit.RoundedProductContract;
import org.junit.jupiter.api.AfterAll;

class RoundedProductTest extends RoundedProductContract {
  private final CpuDevice device = TestDevices.withOpenBlas();

  @Override
  protected Device device() {
    return device;
  }

  @AfterAll
  void close() {
    device.close();
  }
}
