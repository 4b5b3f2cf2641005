package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.testkit.FakeAccelerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Small inputs that lie on a device are not brought home to look at their contents. */
class EqualCallsOnDevicesTest {
  private static final String SCRIPT =
      """
      f = function(Matrix[Double] e, Matrix[Double] W) return (Matrix[Double] H) {
        H = max(e %*% W %*% t(W), 0) + sum(W %*% W)
      }
      W = rand(rows=150, cols=150, seed=1)
      E = rand(rows=4, cols=150, seed=2)
      stream = matrix("3 1 3 2 1 3", 6, 1)
      s = 0
      for (i in 1:6) {
        w = as.scalar(stream[i, 1])
        e = E[w, ] %*% W
        H = f(e, W)
        s = s + sum(H) * i
      }
      print(s)
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();
  private final FakeAccelerator device = devices.device("fake:0");

  @Test
  void whatLiesOnADeviceGoesByItsHistory() {
    Outcome plain =
        FakeDevices.run(
            FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.TRACE),
            SCRIPT,
            devices.device("fake:0"));
    Outcome outcome =
        FakeDevices.run(
            FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.HYBRID), SCRIPT, device);
    assertThat(outcome.output()).isEqualTo(FakeDevices.expected(SCRIPT));
    assertThat(outcome.statistics().functions().byContents()).isZero();
    assertThat(outcome.device(0).downloads()).isLessThanOrEqualTo(plain.device(0).downloads());
  }

  @Test
  void onTheProcessorTheyAreFound() {
    Outcome outcome =
        FakeDevices.run(
            FakeDevices.config(FakeDevices.on("cpu", "fake:0"), ReuseMode.HYBRID), SCRIPT, device);
    assertThat(outcome.output()).isEqualTo(FakeDevices.expected(SCRIPT));
    assertThat(outcome.statistics().functions().byContents()).isEqualTo(3);
  }
}
