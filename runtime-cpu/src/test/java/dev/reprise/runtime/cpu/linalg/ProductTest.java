package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.ProductContract;
import org.junit.jupiter.api.AfterAll;

class ProductTest extends ProductContract {
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
