package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.testkit.CellContract;
import org.junit.jupiter.api.AfterAll;

class CellContractTest extends CellContract {
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
