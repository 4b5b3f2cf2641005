package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.testkit.PrintedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pipelines of {@code bench/memphis} in their smallest size print what is recorded from
 * SystemDS 3.3.0: without reuse and with all of it, with one worker and with two, cold and warm,
 * and in little memory. With exact numerics they print the same digits in all of these. What comes
 * again in them is found in the first run.
 */
class WorkloadsTest {
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final Path RECORDED = ROOT.resolve("ci/src/test/resources/golden/workloads");
  private static final long LITTLE = 1 << 18;

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> pipelinesPrintWhatSystemDsPrints() throws IOException {
    return workloads().map(w -> DynamicTest.dynamicTest(w.path("name").asText(), () -> check(w)));
  }

  private void check(JsonNode workload) throws IOException {
    Path script = script(workload);
    String name = workload.path("name").asText().replace("-parfor", "");
    String expected = Files.readString(RECORDED.resolve(name + ".out"));
    double tolerance = workload.path("tolerance").asDouble();
    SessionConfig one = ScriptOutput.config().withThreads(1);
    SessionConfig two = ScriptOutput.config().withThreads(2);
    SessionConfig none = one.withReuse(ReuseMode.NONE);
    SessionConfig little = two.withHostBytes(LITTLE).withSpillFolder(folder);
    for (SessionConfig config : List.of(none, one, two, little)) {
      String found = printed(script, workload, config);
      assertThat(PrintedText.difference(expected, found, tolerance)).as("%s", config).isEmpty();
    }
    if (!name.equals("en2de")) { // its numbers come from a stream; one value is found even there
      assertThat(cold(script, workload, one).hits()).isGreaterThan(1);
    }
    assertThat(printed(script, workload, little.withNumerics(Numerics.EXACT)))
        .isEqualTo(printed(script, workload, none.withNumerics(Numerics.EXACT)));
  }

  /** What the first run in a session counts. */
  private static RunStatistics cold(Path script, JsonNode workload, SessionConfig config) {
    return ScriptOutput.run(script, arguments(workload), config).statistics();
  }

  private static Map<String, String> arguments(JsonNode workload) {
    Map<String, String> arguments = new TreeMap<>();
    workload
        .path("sizes")
        .path("smoke")
        .properties()
        .forEach(each -> arguments.put(each.getKey(), each.getValue().asText()));
    return arguments;
  }

  /** What the second run in a session prints, which must be what the first did. */
  private static String printed(Path script, JsonNode workload, SessionConfig config) {
    List<ScriptOutput.Outcome> runs = ScriptOutput.runs(script, arguments(workload), config, 2);
    runs.forEach(run -> assertThat(run.failureText()).isEmpty());
    String cold = results(runs.getFirst().output());
    String warm = results(runs.getLast().output());
    assertThat(PrintedText.difference(cold, warm, workload.path("tolerance").asDouble())).isEmpty();
    return warm;
  }

  /** Without the lines that may differ between runs. */
  private static String results(String output) {
    return output.lines().filter(line -> !line.startsWith("@")).collect(Collectors.joining("\n"));
  }

  /** The script, with its marked loops in parallel if the workload says so. */
  private Path script(JsonNode workload) throws IOException {
    String name = workload.path("name").asText();
    Path file = ROOT.resolve("bench/workloads/" + workload.path("script").asText(name) + ".dml");
    String text = Files.readString(file);
    if (workload.path("parallel").asBoolean()) {
      text = text.replaceAll("(?m)^( *)for( .*\\{) # parfor$", "$1parfor$2");
      assertThat(text).contains("parfor (");
    }
    return Files.writeString(folder.resolve(name + ".dml"), text);
  }

  private static Stream<JsonNode> workloads() throws IOException {
    Path file = ROOT.resolve("bench/workloads/workloads.json");
    JsonNode all = new ObjectMapper().readTree(file.toFile());
    return StreamSupport.stream(all.spliterator(), false)
        .filter(each -> each.path("suite").asText().equals("memphis"));
  }
}
