package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import dev.reprise.testkit.FakeAccelerator;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operation that fails after the program has gone on is told with the operands that it had. */
@Timeout(600)
class LateErrorTest {
  /** The fifth value that is claimed is that of Z, when X has its second value. */
  private static final int CLAIMS = 5;

  /** That of Y is the third. */
  private static final int PRODUCT = 3;

  private static final String SCRIPT =
      """
      X = rand(rows=200, cols=100, seed=1)
      W = rand(rows=100, cols=150, seed=2)
      Y = X %*% W
      X = t(W) %*% W
      Z = X %*% X
      print(sum(Z) + sum(Y))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  private static SessionConfig config() {
    // Exactly: what fails on the device is not computed by the processor instead.
    return FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.FULL)
        .withNumerics(Numerics.EXACT);
  }

  @Test
  void itsVariablesMayHaveOtherValuesByThen() {
    FakeAccelerator counted = devices.device("fake:0");
    FakeDevices.run(config(), SCRIPT, counted);
    int product = counted.log().indexOf("matmul") + 1;
    assertThat(product).isPositive();

    CountDownLatch goneOn = new CountDownLatch(CLAIMS);
    CacheEvents events =
        new CacheEvents() {
          @Override
          public void claimed(Key key) {
            goneOn.countDown();
          }
        };
    FakeAccelerator failing =
        devices
            .device("fake:0")
            .failLaunch(product)
            .beforeLaunch(() -> {
              // What makes a matrix of numbers is waited for, and has begun before.
              if (goneOn.getCount() <= CLAIMS - PRODUCT) {
                await(goneOn);
              }
            });
    assertThatThrownBy(() -> FakeDevices.run(config(), events, SCRIPT, failing))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("launch " + product + " was ordered to fail")
        .hasMessageContaining("[%*%(matrix 200x100, matrix 100x150)]")
        .hasMessageContaining("3:");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
