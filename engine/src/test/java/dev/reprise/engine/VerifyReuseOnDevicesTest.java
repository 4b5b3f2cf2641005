package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.engine.resource.Environment;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.testkit.FakeAccelerator;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is computed again on another device may have other last bits; on the same one it may not.
 */
class VerifyReuseOnDevicesTest {
  /** What is printed is waited for: a value in flight is not checked. */
  private static final String SCRIPT =
      """
      X = rand(rows=200, cols=30, seed=1)
      Z = rand(rows=200, cols=200, seed=2)
      for (i in 1:7) {
        P = Z %*% X
        print(sum(P) > 0)
        print(max(P) > i)
      }
      """;

  @TempDir private Path folder;

  private final CpuDevice kernels =
      new CpuDevice(1, Environment.nativeLocation(Environment.defaultConfig().natives()));

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  /** Products of whose results the first cell is a little larger. */
  private record OtherBits(Device kernels, double factor) implements Device {
    @Override
    public String name() {
      return kernels.name();
    }

    @Override
    public boolean supports(Operation operation) {
      return kernels.supports(operation);
    }

    @Override
    public Operand[] execute(Operation operation, Operand[] inputs, ExecutionContext context) {
      Operand[] outputs = kernels.execute(operation, inputs, context);
      if (operation.name().equals("matmul") && outputs[0] instanceof DenseMatrix product) {
        double first = product.segment().get(ValueLayout.JAVA_DOUBLE, 0);
        product.segment().set(ValueLayout.JAVA_DOUBLE, 0, first * factor);
      }
      return outputs;
    }
  }

  private Outcome run(DeviceConfig devices, double factor) {
    SessionConfig config =
        FakeDevices.config(devices, ReuseMode.FULL).withWorkingDirectory(folder).withVerifyReuse(1);
    return FakeDevices.run(
        config, SCRIPT, new FakeAccelerator("fake:0", new OtherBits(kernels, factor), 64 << 20));
  }

  @Test
  void anotherDeviceMayRoundInAnotherWay() {
    Outcome outcome = run(FakeDevices.on("round-robin", "fake:0"), 1 + 1e-14);
    assertThat(outcome.output()).isEqualTo("TRUE\n".repeat(14));
    assertThat(outcome.statistics().verification().worstDeviation()).isBetween(1e-16, 1e-12);
  }

  @Test
  void aWrongValueOfAnotherDeviceIsFound() {
    assertThatThrownBy(() -> run(FakeDevices.on("round-robin", "fake:0"), 1.001))
        .hasMessageContaining("reuse of '%*%' gave another value");
  }

  @Test
  void oneDeviceGivesEqualBits() {
    Outcome outcome = run(FakeDevices.on("fake:0"), 1 + 1e-14);
    assertThat(outcome.statistics().verification().worstDeviation()).isZero();
    assertThat(outcome.statistics().verification().values()).isPositive();
  }
}
