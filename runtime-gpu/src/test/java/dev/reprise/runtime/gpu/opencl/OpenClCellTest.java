package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.HostedDevices;
import dev.reprise.testkit.CellContract;
import org.junit.jupiter.api.AfterAll;

class OpenClCellTest extends CellContract {
  private final HostedDevices devices = new HostedDevices(Devices.opencl());

  @Override
  protected Device device() {
    return devices.device();
  }

  @AfterAll
  void everythingRanThere() {
    try (devices) {
      devices.assertLaunched(
          "+ - * / %% %/% ^ log_base pmin pmax < <= > >= == != & | xor".split(" "));
      devices.assertLaunched("bitwAnd bitwOr bitwXor bitwShiftL bitwShiftR ifelse".split(" "));
      devices.assertLaunched("negate ! abs round floor ceil sign sqrt exp log".split(" "));
      devices.assertLaunched("sigmoid tanh sinh cosh sin cos tan asin acos atan".split(" "));
      devices.assertLaunched("is.na", "is.nan", "is.infinite");
    }
  }
}
