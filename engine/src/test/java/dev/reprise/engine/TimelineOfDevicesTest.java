package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.timeline.RecordedFile;
import dev.reprise.language.CompileException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a time line tells of accelerators: as much as their statistics. */
class TimelineOfDevicesTest {
  private static final String SCRIPT =
      """
      X = rand(rows=200, cols=20, seed=1)
      s = 0
      for (i in 1:6) {
        Y = X * i + 1
        Z = cbind(Y, X[, 2:4]) / 3
        A = t(Z) %*% Z
        A[2, ] = A[1, ] * 2
        s = s + sum(A) + sum(rowSums(Y) * 2)
      }
      print(s)
      """;

  @TempDir private Path folder;

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));
  private final FakeAccelerator fake = new FakeAccelerator("fake:0", kernels, 64 << 20);

  @AfterEach
  void close() {
    kernels.close();
  }

  private DeviceUse use;

  private RecordedFile run(long budget) throws CompileException {
    Path file = folder.resolve("t.json");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(2)
            .withSeed(7)
            .withReuse(ReuseMode.NONE)
            .withHostBytes(256L << 20)
            .withDevices(new DeviceConfig("fake:0", List.of(), Map.of("fake:0", budget)))
            .withOutput(nowhere, nowhere)
            .withTraceFile(file);
    RunStatistics statistics;
    try (SessionServices services =
        SessionServices.withAccelerators(
            config, CacheEvents.NONE, List.of(FakeAccelerator.provider("fake", fake)))) {
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, SCRIPT, CompileOptions.none()).run(Map.of());
      outcome.values().values().forEach(Value::release);
      statistics = outcome.statistics();
    }
    use = statistics.devices().getFirst();
    return new RecordedFile(file);
  }

  @Test
  void kernelsAreOnATrackOfTheirDeviceAndCopiesOnThatOfTheirThread() throws Exception {
    RecordedFile file = run(64 << 20);
    assertThat(file.count("kernel")).isEqualTo(use.executed()).isPositive();
    assertThat(file.tracksOf("kernel")).containsExactly("fake:0");
    assertThat(file.tracks()).contains("reprise-fake:0", "reprise-main");
    assertThat(file.count(e -> e.name().equals("upload fake:0"))).isEqualTo(use.uploads());
  }

  @Test
  void whatHadToLeaveADeviceIsSeen() throws Exception {
    RecordedFile file = run(110_000);
    assertThat(use.demotions() + use.dropped()).isPositive();
    assertThat(file.count(e -> e.name().startsWith("demote"))).isEqualTo(use.demotions());
    assertThat(file.count(e -> e.name().startsWith("drop"))).isEqualTo(use.dropped());
    // The end of the session brings home what is nowhere else.
    assertThat(file.count(e -> e.name().startsWith("download")))
        .isGreaterThanOrEqualTo(use.downloads());
  }

  @Test
  void whatADeviceCouldNotDoIsSeen() throws Exception {
    fake.failLaunch(3);
    RecordedFile file = run(64 << 20);
    assertThat(use.fallbacks()).isOne();
    assertThat(file.count(e -> e.name().startsWith("failed"))).isOne();
  }
}
