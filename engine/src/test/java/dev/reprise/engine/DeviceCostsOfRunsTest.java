package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.FakeAccelerator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs note where their operations were computed, and load or compute by what is known of that. */
class DeviceCostsOfRunsTest {
  private static final String FAKE = "fake:a fake";

  /** The product takes long to compute, and more than half a millisecond to load. */
  private static final String SCRIPT =
      """
      X = rand(rows=4000, cols=300, seed=1)
      A = t(X) %*% X
      print(sum(A))
      """;

  @TempDir private Path folder;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  private FakeAccelerator fake() {
    return devices.device("fake:0", 256 << 20);
  }

  private StoreConfig store() {
    // What is kept is not to depend on how long it took here.
    return StoreConfig.of(folder.resolve("store")).withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
  }

  private SessionConfig config(String placement, ReuseMode reuse) {
    return SessionConfig.defaults()
        .withThreads(2)
        .withReuse(reuse)
        .withHostBytes(512L << 20)
        .withWorkingDirectory(folder)
        .withDevices(
            placement.equals("cpu")
                ? DeviceConfig.CPU
                : new DeviceConfig(placement, List.of(), Map.of()))
        .withStore(store());
  }

  /**
   * @param number makes the script another one, so that it is not found as a whole
   */
  private Outcome run(SessionConfig config, int number) {
    return run(config, SCRIPT + "n = " + number);
  }

  private Outcome run(SessionConfig config, String script) {
    return FakeDevices.run(config, script, fake());
  }

  private List<DeviceTotal> totals() {
    try (ExperimentStore store = ExperimentStore.open(store())) {
      return new Experiments(store).devices();
    }
  }

  /** What all operations are said to have taken, from now on. */
  private void say(long onCpu, long onFake) throws SQLException {
    try (Connection graph =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store/graph.db"))) {
      try (PreparedStatement forget = graph.prepareStatement("DELETE FROM cost")) {
        forget.executeUpdate();
      }
      try (PreparedStatement say =
          graph.prepareStatement("INSERT INTO cost SELECT key, ?, 5, ? FROM vertex")) {
        say.setString(1, "cpu");
        say.setLong(2, onCpu);
        say.executeUpdate();
        say.setString(1, FAKE);
        say.setLong(2, onFake);
        say.executeUpdate();
      }
    }
  }

  @Test
  void costsAreNotedUnderTheClassOfTheDeviceThatComputed() {
    Outcome outcome = run(config("fake:0", ReuseMode.FULL), 1);
    assertThat(outcome.device(0).launches()).isPositive();
    assertThat(totals()).extracting(DeviceTotal::device).containsExactly(FAKE);
    assertThat(totals().getFirst().values()).isPositive();
  }

  @Test
  void whatTheDeviceHasNotMeasuredIsNotNoted() {
    FakeAccelerator fake = fake();
    fake.measureNothing();
    Outcome outcome = FakeDevices.run(config("fake:0", ReuseMode.FULL), SCRIPT, fake);
    assertThat(outcome.device(0).launches()).isPositive();
    assertThat(totals()).extracting(DeviceTotal::device).doesNotContain(FAKE);
  }

  @Test
  void aRunOnTheProcessorNotesItsOwnClass() {
    run(config("cpu", ReuseMode.HYBRID), 1);
    assertThat(totals()).extracting(DeviceTotal::device).containsExactly("cpu");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "HYBRID"})
  void whatIsFoundIsLoadedOrComputedByWhatItTakesOnTheDeviceOfTheRun(ReuseMode reuse)
      throws SQLException {
    long hour = 3_600_000_000_000L;
    String expected = run(config("cpu", reuse), 1).output();

    // An accelerator that computes the product in no time does so, and the processor loads it.
    say(hour, 1);
    Outcome fake = run(config("fake:0", reuse), 2);
    assertThat(fake.output()).isEqualTo(expected);
    assertThat(fake.executed("tsmm")).isEqualTo(1);
    assertThat(fake.statistics().store().computed()).isPositive();
    say(hour, 1);
    Outcome cpu = run(config("cpu", reuse), 3);
    assertThat(cpu.output()).isEqualTo(expected);
    assertThat(cpu.executed("tsmm")).isZero();
    assertThat(cpu.statistics().store().computed()).isZero();
    assertThat(cpu.statistics().store().loadedBytes()).isGreaterThan(700_000);

    // And the other way round.
    say(1, hour);
    fake = run(config("fake:0", reuse), 4);
    assertThat(fake.output()).isEqualTo(expected);
    assertThat(fake.executed("tsmm")).isZero();
    assertThat(fake.statistics().store().computed()).isZero();
    assertThat(fake.statistics().store().loadedBytes()).isGreaterThan(700_000);
    say(1, hour);
    cpu = run(config("cpu", reuse), 5);
    assertThat(cpu.output()).isEqualTo(expected);
    assertThat(cpu.statistics().store().computed()).isPositive();
    assertThat(cpu.statistics().store().loadedBytes()).isLessThan(700_000);
  }

  /** Half a millisecond is little beside asking what it would take otherwise. */
  @Test
  void whatIsLoadedAtOnceIsLoadedWhateverComputingItTakes() throws SQLException {
    String smaller = SCRIPT.replace("cols=300", "cols=150");
    String expected = run(config("cpu", ReuseMode.FULL), smaller + "n = 1").output();
    say(3_600_000_000_000L, 1);
    Outcome fake = run(config("fake:0", ReuseMode.FULL), smaller + "n = 2");
    assertThat(fake.output()).isEqualTo(expected);
    assertThat(fake.executed("tsmm")).isZero();
  }

  @Test
  void answersAreTheSameWhateverIsSaidInLittleMemoryAndWithSeveralWorkers() throws SQLException {
    SessionConfig none = config("cpu", ReuseMode.NONE).withStore(null);
    String expected = run(none, 1).output();
    assertThat(run(config("cpu", ReuseMode.HYBRID), 1).output()).isEqualTo(expected);
    long hour = 3_600_000_000_000L;
    int number = 2;
    for (long[] said : new long[][] {{1, hour}, {hour, 1}}) {
      for (String placement : List.of("cpu", "fake:0", "round-robin")) {
        say(said[0], said[1]);
        SessionConfig wanted = config(placement, ReuseMode.HYBRID);
        assertThat(run(wanted.withThreads(4), number++).output()).isEqualTo(expected);
        SessionConfig little = wanted.withHostBytes(24L << 20);
        assertThat(run(little, number++).output()).isEqualTo(expected);
        SessionConfig verified = wanted.withVerifyReuse(1);
        assertThat(run(verified, number++).output()).isEqualTo(expected);
      }
    }
  }
}
