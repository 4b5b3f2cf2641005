package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.lineage.Key;
import dev.reprise.testkit.FakeAccelerator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operation takes what its device worked on it, not what was waited for it. */
class DeviceTimesTest {
  /** What every launch takes by the clock of a fake. */
  private static final long LAUNCH_NANOS = 1_000;

  private static final String SUMS =
      """
      X = rand(rows=200, cols=40, seed=1)
      for (i in 1:5) print(sum(X))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();
  private final FakeAccelerator fake = devices.device("fake:0");

  @Test
  void statisticsHaveTheTimeOfTheDevice() {
    Outcome outcome =
        FakeDevices.run(FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.NONE), SUMS, fake);
    assertThat(outcome.executed("sum")).isEqualTo(5);
    assertThat(outcome.statistics().of("sum").nanos()).isEqualTo(5 * LAUNCH_NANOS);
  }

  @Test
  void aCachedValueIsWorthTheTimeOfTheDevice() {
    List<Long> costs = new CopyOnWriteArrayList<>();
    CacheEvents events =
        new CacheEvents() {
          @Override
          public void hit(Key key, long costNanos) {
            costs.add(costNanos);
          }
        };
    FakeDevices.run(
        FakeDevices.config(FakeDevices.on("fake:0"), ReuseMode.FULL), events, SUMS, fake);
    assertThat(costs).isNotEmpty().containsOnly(LAUNCH_NANOS);
  }
}
