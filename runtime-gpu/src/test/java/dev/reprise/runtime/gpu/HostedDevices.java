package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Device;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.testkit.HostedAccelerator;
import java.nio.file.Path;

/** An accelerator under the contract of devices, with the processor for what it does not do. */
public final class HostedDevices implements AutoCloseable {
  private final Accelerator accelerator;
  private final CpuDevice processor =
      new CpuDevice(2, new NativeLocation(Path.of("target", "natives"), "linux-none"));
  private final HostedAccelerator hosted;

  public HostedDevices(Accelerator accelerator) {
    this.accelerator = accelerator;
    this.hosted = new HostedAccelerator(accelerator, processor);
  }

  public Device device() {
    return hosted;
  }

  public Accelerator accelerator() {
    return accelerator;
  }

  /** Asserts that these operations ran on the accelerator, not on the processor. */
  public void assertLaunched(String... opcodes) {
    assertThat(hosted.launched()).contains(opcodes);
  }

  /** Closes all; nothing may be left allocated. */
  @Override
  public void close() {
    try {
      assertThat(accelerator.liveBuffers()).isZero();
    } finally {
      accelerator.close();
      processor.close();
    }
  }
}
