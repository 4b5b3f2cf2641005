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
  private static final Path SCRIPT =
      Path.of("ci/src/test/resources/corpus/linalg/sparse_products.dml");

  private static final Pattern PRODUCT =
      Pattern.compile(
          "\"name\":\"(?:matmul|mmchain)\",\"cat\":\"kernel\".*\"at\":\"[^\"]*:(\\d+)\"");

  /** What the compressed matrix takes: 6,001 starts, 3,000 values and their columns. */
  private static final long COMPRESSED = 8 * 6_001 + 12 * 3_000;

  @TempDir private Path folder;

  private static Path file(String ending) {
    Path script = ScriptOutput.projectRoot().resolve(SCRIPT);
    return script.resolveSibling(script.getFileName().toString().replace(".dml", ending));
  }

  private List<ScriptOutput.Outcome> runs(SessionConfig config, int times) {
    try {
      return ScriptOutput.runs(file(".dml"), Map.of(), config, times);
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  /** Asserts that every run printed what is recorded; returns the last one's use of the device. */
  private DeviceUse checked(SessionConfig config, int times) throws IOException {
    List<ScriptOutput.Outcome> outcomes = runs(config, times);
    for (ScriptOutput.Outcome outcome : outcomes) {
      assertThat(outcome.failureText()).isEmpty();
      assertThat(PrintedText.difference(Files.readString(file(".out")), outcome.output()))
          .isEmpty();
    }
    return outcomes.getLast().statistics().devices().getFirst();
  }

  private static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return ScriptOutput.config().withDevices(devices).withReuse(reuse);
  }

  /** Lines of the script whose product was launched on an accelerator, from the time line. */
  private static Set<Integer> productsOnDevices(Path timeline) throws IOException {
    Set<Integer> lines = new TreeSet<>();
    for (String event : Files.readAllLines(timeline)) {
      Matcher matcher = PRODUCT.matcher(event);
      if (matcher.find()) {
        lines.add(Integer.parseInt(matcher.group(1)));
      }
    }
    return lines;
  }

  @Test
  void everyProductRunsOnTheDeviceAndTheMatrixIsCopiedThereOnceInItsForm() throws Exception {
    Path timeline = folder.resolve("t.json");
    DeviceUse use =
        checked(config(DeviceConfig.of("opencl:0"), ReuseMode.NONE).withTraceFile(timeline), 1);
    Set<Integer> products = new TreeSet<>();
    List<String> lines = Files.readAllLines(file(".dml"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("%*%")) {
        products.add(i + 1);
      }
    }
    assertThat(productsOnDevices(timeline)).isEqualTo(products);
    assertThat(use.uploads()).isEqualTo(1);
    assertThat(use.uploadedBytes()).isEqualTo(COMPRESSED);
    assertThat(use.fallbacks()).isZero();
  }

  @Test
  void answersAreTheSameWithReuseColdAndWarm() throws Exception {
    for (ReuseMode reuse : List.of(ReuseMode.FULL, ReuseMode.HYBRID)) {
      DeviceUse use = checked(config(DeviceConfig.of("opencl:0"), reuse), 2);
      // The second run finds the matrix where it is.
      assertThat(use.uploadedBytes()).isLessThan(2 * COMPRESSED);
    }
  }

  @Test
  void answersAreTheSameOnADeviceWithRoomForLittle() throws Exception {
    for (ReuseMode reuse : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
      DeviceConfig tiny = new DeviceConfig("opencl:0", List.of(), Map.of("opencl:0", 400L << 10));
      DeviceUse use = checked(config(tiny, reuse), 2);
      assertThat(use.demotions() + use.dropped()).isPositive();
      assertThat(use.uploadedBytes()).isGreaterThanOrEqualTo(COMPRESSED);
    }
  }

  @Test
  void answersAreTheSameWhereverOperationsRun() throws Exception {
    for (String policy : List.of("round-robin", "auto")) {
      DeviceConfig devices = new DeviceConfig(policy, List.of("opencl:0"), Map.of());
      DeviceUse use = checked(config(devices, ReuseMode.HYBRID).withThreads(4), 2);
      assertThat(use.fallbacks()).isZero();
    }
  }
}
