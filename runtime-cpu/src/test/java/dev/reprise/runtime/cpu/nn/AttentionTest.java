package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.AttentionContract;
import org.junit.jupiter.api.AfterAll;

class AttentionTest extends AttentionContract {
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
