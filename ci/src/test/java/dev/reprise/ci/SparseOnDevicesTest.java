package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.ResourceException;
import dev.reprise.testkit.PrintedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed matrices on a device: where products ran, by event, and the same answers always. */
class SparseOnDevicesTest {
  private static final Path CORPUS = Path.of("ci/src/test/resources/corpus");
  private static final String PRODUCTS = "linalg/sparse_products";
  private static final String CELLS = "element/sparse_cells";

  private static final Pattern LAUNCH =
      Pattern.compile("\"name\":\"([^\"]+)\",\"cat\":\"kernel\".*\"at\":\"[^\"]*:(\\d+)\"");

  /** What the compressed matrix takes: 6,001 starts, 3,000 values and their columns. */
  private static final long COMPRESSED = 8 * 6_001 + 12 * 3_000;

  @TempDir private Path folder;

  private static Path file(String script) {
    return ScriptOutput.projectRoot().resolve(CORPUS).resolve(script);
  }

  private List<ScriptOutput.Outcome> runs(String script, SessionConfig config, int times) {
    try {
      return ScriptOutput.runs(file(script + ".dml"), Map.of(), config, times);
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  /** Asserts that every run printed what is recorded; returns the last one's use of the device. */
  private DeviceUse checked(String script, SessionConfig config, int times) throws IOException {
    List<ScriptOutput.Outcome> outcomes = runs(script, config, times);
    for (ScriptOutput.Outcome outcome : outcomes) {
      assertThat(outcome.failureText()).isEmpty();
      assertThat(PrintedText.difference(Files.readString(file(script + ".out")), outcome.output()))
          .isEmpty();
    }
    return outcomes.getLast().statistics().devices().getFirst();
  }

  private static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return ScriptOutput.config().withDevices(devices).withReuse(reuse);
  }

  /** What was launched on an accelerator, as "opcode line", from the time line. */
  private static Set<String> launches(Path timeline) throws IOException {
    Set<String> launches = new TreeSet<>();
    for (String event : Files.readAllLines(timeline)) {
      Matcher matcher = LAUNCH.matcher(event);
      if (matcher.find()) {
        launches.add(matcher.group(1) + " " + matcher.group(2));
      }
    }
    return launches;
  }

  @Test
  void everyProductRunsOnTheDeviceAndTheMatrixIsCopiedThereOnceInItsForm() throws Exception {
    Path timeline = folder.resolve("t.json");
    SessionConfig config = config(DeviceConfig.of("opencl:0"), ReuseMode.NONE);
    DeviceUse use = checked(PRODUCTS, config.withTraceFile(timeline), 1);
    Set<String> products = new TreeSet<>();
    List<String> lines = Files.readAllLines(file(PRODUCTS + ".dml"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("%*%")) {
        products.add(String.valueOf(i + 1));
      }
    }
    Set<String> found = new TreeSet<>();
    for (String launch : launches(timeline)) {
      if (launch.startsWith("matmul ") || launch.startsWith("mmchain ")) {
        found.add(launch.substring(launch.indexOf(' ') + 1));
      }
    }
    assertThat(found).isEqualTo(products);
    assertThat(use.uploads()).isEqualTo(1);
    assertThat(use.uploadedBytes()).isEqualTo(COMPRESSED);
    assertThat(use.fallbacks()).isZero();
  }

  @Test
  void functionsAndAggregatesRunWhereTheMatrixIs() throws Exception {
    Path timeline = folder.resolve("t.json");
    SessionConfig config = config(DeviceConfig.of("opencl:0"), ReuseMode.NONE);
    DeviceUse use = checked(CELLS, config.withTraceFile(timeline), 1);
    assertThat(launches(timeline))
        .contains("* 7", "* 9", "/ 11", "^ 13", "> 15", "!= 17", "abs 19", "round 21", "* 23")
        .contains("sum 8", "mean 12", "max 10", "min 10", "rowSums 25", "colSums 27", "rowMaxs 29")
        .contains("rowMins 29", "colMaxs 30", "colMins 30", "rowMeans 31", "colMeans 31");
    // Results are compressed there, and never come home.
    assertThat(use.uploads()).isEqualTo(1);
    assertThat(use.uploadedBytes()).isEqualTo(COMPRESSED);
    assertThat(use.fallbacks()).isZero();
  }

  @Test
  void answersAreTheSameWithReuseColdAndWarm() throws Exception {
    for (String script : List.of(PRODUCTS, CELLS)) {
      for (ReuseMode reuse : List.of(ReuseMode.FULL, ReuseMode.HYBRID)) {
        DeviceUse use = checked(script, config(DeviceConfig.of("opencl:0"), reuse), 2);
        // The second run finds the matrix where it is.
        assertThat(use.uploadedBytes()).isLessThan(2 * COMPRESSED);
      }
    }
  }

  @Test
  void answersAreTheSameOnADeviceWithRoomForLittle() throws Exception {
    for (ReuseMode reuse : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
      DeviceConfig tiny = new DeviceConfig("opencl:0", List.of(), Map.of("opencl:0", 400L << 10));
      DeviceUse use = checked(PRODUCTS, config(tiny, reuse), 2);
      assertThat(use.demotions() + use.dropped()).isPositive();
      assertThat(use.uploadedBytes()).isGreaterThanOrEqualTo(COMPRESSED);
      // Here some operations find no room, and run on the processor.
      checked(CELLS, config(tiny, reuse), 2);
    }
  }

  @Test
  void answersAreTheSameWhereverOperationsRun() throws Exception {
    for (String policy : List.of("round-robin", "auto")) {
      DeviceConfig devices = new DeviceConfig(policy, List.of("opencl:0"), Map.of());
      for (String script : List.of(PRODUCTS, CELLS)) {
        DeviceUse use = checked(script, config(devices, ReuseMode.HYBRID).withThreads(4), 2);
        assertThat(use.fallbacks()).isZero();
      }
    }
  }
}
