package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.DeviceReport;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.ScriptCompiler;
import dev.reprise.engine.ScriptRunner;
import dev.reprise.engine.SessionServices;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import dev.reprise.testkit.PrintedText;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The examples about devices, with what they show: the same results wherever operations run, and
 * one value that moves from a device to host memory, to disk and back. Skipped, aloud, without
 * OpenCL.
 */
class DeviceExamplesTest {
  private static final String OPENCL = "opencl:0";
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final long PRODUCT_BYTES = 500 * 500 * 8;

  /** What happened to cached values, in order. */
  private static final class Diary implements CacheEvents {
    private final List<String> lines = new ArrayList<>();

    private synchronized void add(String event, Key key) {
      lines.add(event + " " + key);
    }

    synchronized List<String> of(String event) {
      return lines.stream()
          .filter(line -> line.startsWith(event + " "))
          .map(line -> line.substring(event.length() + 1))
          .toList();
    }

    synchronized List<String> about(String key) {
      return lines.stream()
          .filter(line -> line.endsWith(" " + key))
          .map(line -> line.substring(0, line.indexOf(' ')))
          .toList();
    }

    @Override
    public void claimed(Key key) {
      add("claimed", key);
    }

    @Override
    public void admitted(Key key, long bytes, long costNanos, long height) {
      add("admitted", key);
    }

    @Override
    public void spilled(Key key, long bytes) {
      add("spilled", key);
    }

    @Override
    public void restored(Key key, long bytes) {
      add("restored", key);
    }

    @Override
    public void hit(Key key, long costNanos) {
      add("hit", key);
    }

    @Override
    public void evicted(Key key, long bytes, Eviction reason) {
      add("evicted", key);
    }
  }

  private static void assumeOpenCl() {
    DeviceReport report = SessionServices.findAccelerators();
    assumeTrue(
        report.found().stream().anyMatch(info -> info.name().equals(OPENCL)),
        () -> "no " + OPENCL + ": " + String.join("; ", report.absences()));
  }

  /** Runs an example, compares what it prints with what is recorded, and counts buffers. */
  private static RunStatistics run(String name, SessionConfig config, CacheEvents events)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionServices services = new SessionServices(config.withOutput(out, out), events);
    RunStatistics statistics;
    try (services) {
      Path script = ROOT.resolve("examples/" + name + ".dml");
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, script, CompileOptions.none()).run(Map::of);
      outcome.values().values().forEach(Value::release);
      statistics = outcome.statistics();
    }
    out.flush();
    Path recorded = ROOT.resolve("ci/src/test/resources/golden/examples/" + name + ".out");
    assertThat(
            PrintedText.difference(
                Files.readString(recorded), bytes.toString(StandardCharsets.UTF_8)))
        .isEmpty();
    assertThat(services.liveBuffersAtClose()).isZero();
    return statistics;
  }

  private static DeviceConfig devices(String placement, Map<String, Long> budgets) {
    List<String> parts = List.of(placement.split("\\+"));
    return new DeviceConfig(parts.getFirst(), parts.subList(1, parts.size()), budgets);
  }

  @ParameterizedTest
  @CsvSource({
    "opencl:0, NONE",
    "opencl:0, HYBRID",
    "auto+opencl:0, HYBRID",
    "round-robin, HYBRID",
    "auto, HYBRID"
  })
  void theComparisonPrintsTheSameWhereverItRuns(String placement, ReuseMode reuse)
      throws Exception {
    assumeOpenCl();
    SessionConfig config =
        ScriptOutput.config().withReuse(reuse).withDevices(devices(placement, Map.of()));
    RunStatistics statistics = run("compare-placements", config, CacheEvents.NONE);
    if (placement.equals("auto")) {
      assertThat(statistics.devices()).extracting(DeviceUse::name).doesNotContain(OPENCL);
      return;
    }
    DeviceUse device = statistics.devices().getFirst();
    assertThat(device.name()).isEqualTo(OPENCL);
    if (!placement.equals("auto+opencl:0")) {
      assertThat(device.executed()).isGreaterThan(100);
      assertThat(device.busyNanos()).isPositive();
    }
    assertThat(device.fallbacks()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "HYBRID"})
  void oneValueMovesFromTheDeviceToTheHostToTheDiskAndBack(ReuseMode reuse) throws Exception {
    assumeOpenCl();
    SessionConfig config =
        ScriptOutput.config()
            .withReuse(reuse)
            .withHostBytes(24 << 20)
            .withDiskBytes(1 << 30)
            .withDevices(devices(OPENCL, Map.of(OPENCL, 8L << 20)));
    Diary diary = new Diary();
    RunStatistics statistics = run("small-device", config, diary);
    // Of all cached values one came back from the disk, and it is the product: computed once.
    assertThat(diary.of("restored")).hasSize(1);
    assertThat(diary.about(diary.of("restored").getFirst()))
        .startsWith("claimed", "admitted", "spilled", "hit", "restored");
    assertThat(statistics.of("matmul").executed()).isEqualTo(1);
    assertThat(statistics.of("matmul").hits()).isEqualTo(1);
    assertThat(statistics.disk().restores()).isEqualTo(1);
    assertThat(statistics.disk().restoredBytes()).isEqualTo(PRODUCT_BYTES);
    DeviceUse device = statistics.devices().getFirst();
    // Everything was made on the device, so the one copy to it is the product on its way back,
    // and what reached host memory, and from there the disk, had left the device for lack of room.
    assertThat(device.uploads()).isEqualTo(1);
    assertThat(device.uploadedBytes()).isEqualTo(PRODUCT_BYTES);
    assertThat(device.demotions()).isEqualTo(device.downloads()).isGreaterThan(20);
    assertThat(device.fallbacks()).isZero();
    // The scratch memory of a kernel, some KiB, comes on top of the budget.
    assertThat(device.peakBytes()).isLessThan((8 << 20) + PRODUCT_BYTES / 16);
  }
}
