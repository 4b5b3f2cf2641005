package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.PatternContract;
import org.junit.jupiter.api.AfterAll;

class PatternContractTest extends PatternContract {
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
