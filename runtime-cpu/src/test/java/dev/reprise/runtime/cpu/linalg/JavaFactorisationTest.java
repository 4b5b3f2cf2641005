package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.testkit.FactorisationContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class JavaFactorisationTest extends FactorisationContract {
  private final CpuDevice device = TestDevices.withoutOpenBlas();

  @Override
  protected Device device() {
    return device;
  }

  @AfterAll
  void close() {
    device.close();
  }

  @Test
  void theReportSaysOnceThatOpenBlasIsMissing() {
    run("inv", matrix(new double[] {2}));
    assertThat(device.notes())
        .singleElement()
        .asString()
        .contains("OpenBLAS", "no OpenBLAS for linux-none on the class path");
  }

  @Test
  void factorisationsThatNeedOpenBlasSaySo() {
    assertThatThrownBy(() -> runAll("qr", Attributes.none(), matrix(new double[] {2, 1})))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("needs OpenBLAS");
  }
}
