package dev.reprise.runtime.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceException;
import org.jocl.CL;
import org.jocl.CLException;
import org.junit.jupiter.api.Test;

/** What becomes of a driver's failures; needs no device. */
class OpenClCallsTest {
  private int losses;
  private final OpenClCalls calls = new OpenClCalls("opencl:7", () -> losses++);

  private void fail(int status) {
    calls.run(() -> {
      throw new CLException("the driver says so", status);
    });
  }

  @Test
  void aShortageIsNoFailureOfTheDevice() {
    assertThatThrownBy(() -> fail(CL.CL_OUT_OF_RESOURCES))
        .isInstanceOf(ResourceException.class)
        .isNotInstanceOf(DeviceException.class)
        .hasMessageContaining("not enough memory on opencl:7");
  }

  @Test
  void whatEndsTheDeviceIsToldFromWhatFailsOnce() {
    assertThatThrownBy(() -> fail(CL.CL_DEVICE_NOT_AVAILABLE))
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isTrue());
    assertThat(losses).isEqualTo(1);
    assertThatThrownBy(() -> fail(CL.CL_INVALID_KERNEL_ARGS))
        .hasMessageContainingAll("opencl:7 failed", "the driver says so")
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse());
    assertThat(losses).isEqualTo(1);
  }

  /** As what follows a kernel that failed, in each session that shares its context. */
  @Test
  void aQueueThatTheDriverKnowsNoMoreIsLostWithItsDevice() {
    assertThatThrownBy(() -> fail(CL.CL_INVALID_COMMAND_QUEUE))
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isTrue());
    assertThat(losses).isEqualTo(1);
  }

  @Test
  void whatCallsReturnIsPassedOn() {
    assertThat(calls.get(() -> 5)).isEqualTo(5);
  }
}
