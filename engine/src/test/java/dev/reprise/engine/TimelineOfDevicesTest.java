package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.engine.timeline.RecordedFile;
import dev.reprise.testkit.FakeAccelerator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

  @RegisterExtension private final FakeDevices devices = new FakeDevices();
  private final FakeAccelerator fake = devices.device("fake:0");

  private DeviceUse use;

  private RecordedFile run(long budget) {
    Path file = folder.resolve("t.json");
    DeviceConfig placed = new DeviceConfig("fake:0", List.of(), Map.of("fake:0", budget));
    SessionConfig config =
        FakeDevices.config(placed, ReuseMode.NONE).withThreads(2).withTraceFile(file);
    use = FakeDevices.run(config, SCRIPT, fake).device(0);
    return new RecordedFile(file);
  }

  @Test
  void kernelsAreOnATrackOfTheirDeviceAndCopiesOnThatOfTheirThread() {
    RecordedFile file = run(64 << 20);
    assertThat(file.count("kernel")).isEqualTo(use.executed()).isPositive();
    assertThat(file.tracksOf("kernel")).containsExactly("fake:0");
    assertThat(file.tracks()).contains("reprise-fake:0", "reprise-main");
    assertThat(file.count(e -> e.name().equals("upload fake:0"))).isEqualTo(use.uploads());
  }

  @Test
  void whatHadToLeaveADeviceIsSeen() {
    RecordedFile file = run(110_000);
    assertThat(use.demotions() + use.dropped()).isPositive();
    assertThat(file.count(e -> e.name().startsWith("demote"))).isEqualTo(use.demotions());
    assertThat(file.count(e -> e.name().startsWith("drop"))).isEqualTo(use.dropped());
    // The end of the session brings home what is nowhere else.
    assertThat(file.count(e -> e.name().startsWith("download")))
        .isGreaterThanOrEqualTo(use.downloads());
  }

  @Test
  void whatADeviceCouldNotDoIsSeen() {
    fake.failLaunch(3);
    RecordedFile file = run(64 << 20);
    assertThat(use.fallbacks()).isOne();
    assertThat(file.count(e -> e.name().startsWith("failed"))).isOne();
  }
}
