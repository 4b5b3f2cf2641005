package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.AggregateContract;
import org.junit.jupiter.api.AfterAll;

class AggregateContractTest extends AggregateContract {
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
