package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.testkit.CellContract;
import org.junit.jupiter.api.AfterAll;

/** The contract of this family, kept by an accelerator that ran all of it. */
public abstract class CellOnDevice extends CellContract {
  private final HostedDevices devices;

  /**
   * @param accelerator owned by this class from now on
   */
  protected CellOnDevice(Accelerator accelerator) {
    this.devices = new HostedDevices(accelerator);
  }

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
      devices.assertLaunched("relu gelu silu selu leaky_relu elu".split(" "));
      devices.assertLaunched("relu_backward gelu_backward silu_backward selu_backward".split(" "));
      devices.assertLaunched("is.na", "is.nan", "is.infinite");
    }
  }
}
