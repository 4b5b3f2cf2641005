package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ReuseMode;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.Trap;
import dev.reprise.engine.FakeDevices.Outcome;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that stops at the first NaN runs where the placement says, and sees what devices make. */
class TrapOnDevicesTest {
  private static final String TRAINING =
      """
      X = rand(rows=500, cols=40, seed=1)
      y = rand(rows=500, cols=3, seed=2)
      W = matrix(0, 40, 3); m = W; v = W
      for (i in 0:3) {
        [Xd, seed] = dropout(X, 0.8, 5)
        dW = t(Xd) %*% softmax_cross_entropy_backward(Xd %*% W, y)
        [W, m, v] = adam_update(W, dW, 0.1, 0.9, 0.999, 1e-8, i, m, v)
      }
      print(sum(W))
      """;

  private static final String FAILING =
      """
      X = rand(rows=500, cols=40, min=-1, max=1, seed=1)
      Y = log(X %*% t(X))
      print(sum(Y))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  @TempDir private Path folder;

  private SessionConfig config(String placement, ReuseMode reuse) {
    return FakeDevices.config(FakeDevices.on(placement, "fake:0"), reuse)
        .withWorkingDirectory(folder)
        .withFusion(false);
  }

  private Outcome run(SessionConfig config, String script) {
    return FakeDevices.run(config, script, devices.device("fake:0"));
  }

  @ParameterizedTest
  @CsvSource({"fake:0, NONE", "fake:0, HYBRID", "round-robin, HYBRID"})
  void theSameOperationsRunOnTheDevice(String placement, ReuseMode reuse) {
    Outcome free = run(config(placement, reuse), TRAINING);
    Outcome trapped = run(config(placement, reuse).withTraps(Set.of(Trap.NAN, Trap.INF)), TRAINING);
    assertThat(trapped.output()).isEqualTo(free.output());
    assertThat(trapped.executed("adam_update")).isEqualTo(4);
    assertThat(trapped.device(0).executed()).isPositive().isEqualTo(free.device(0).executed());
  }

  @ParameterizedTest
  @CsvSource({"fake:0, NONE", "fake:0, HYBRID", "round-robin, HYBRID"})
  void aNanThatADeviceMakesIsNamed(String placement, ReuseMode reuse) {
    SessionConfig config = config(placement, reuse).withTraps(Set.of(Trap.NAN));
    assertThatThrownBy(() -> run(config, FAILING))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("'log' made the first NaN: cell [")
        .hasMessageContaining("of a matrix 500x500");
  }
}
