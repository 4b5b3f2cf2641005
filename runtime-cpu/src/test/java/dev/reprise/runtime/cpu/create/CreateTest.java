package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.CreateContract;
import org.junit.jupiter.api.AfterAll;

class CreateTest extends CreateContract {
  private final CpuDevice device = TestDevices.withoutOpenBlas();

  @Override
  protected Device device() {
    return device;
  }

  @AfterAll
  void close() {
    device.close();
  }
}
