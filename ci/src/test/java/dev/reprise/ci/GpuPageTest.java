package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/gpu-page}, which is run where a GPU was lent and nobody has time for its mistakes. */
class GpuPageTest {
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final Path RESULTS = ROOT.resolve("bench/results");
  private static final Path STUDY = RESULTS.resolve("h100-2026-11-26-study.json");
  private static final Path MEASURED = RESULTS.resolve("h100-2026-11-26.json");

  @TempDir private Path folder;

  @BeforeAll
  static void needsPython() {
    boolean found =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "python3")));
    if (!found) {
      System.err.println("SKIPPED: ci/gpu-page needs python3, and there is none");
    }
    assumeThat(found).as("there is a python3").isTrue();
  }

  private String page(Path measured) throws IOException, InterruptedException {
    Path page = folder.resolve("page.md");
    Path said = folder.resolve("said");
    int status =
        new ProcessBuilder(
                ROOT.resolve("ci/gpu-page").toString(),
                measured.toString(),
                STUDY.toString(),
                page.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    assertThat(status).as(Files.readString(said)).isZero();
    return Files.readString(page);
  }

  @Test
  void thePageIsWhatIsMadeOfItsResults() throws Exception {
    assertThat(page(MEASURED)).isEqualTo(Files.readString(ROOT.resolve("docs/benchmarks-gpu.md")));
  }

  @Test
  void iterationsOfSingleLaunchesHaveAColumnOfTheirOwn() throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode measured = (ObjectNode) json.readTree(MEASURED.toFile());
    ArrayNode rows = (ArrayNode) measured.path("training").path("training");
    ObjectNode first = (ObjectNode) rows.get(0);
    assertThat(first.path("reuse").asText()).isEqualTo("none");
    rows.add(first.deepCopy().put("reuse", "single").put("microsPerIteration", 7654));
    Path changed = folder.resolve("measured.json");
    json.writeValue(changed.toFile(), measured);

    String network = first.path("network").asText() + ", batch " + first.path("batch").asInt();
    assertThat(page(changed).lines())
        .anyMatch(line -> line.contains("the same with `--graphs off`"))
        .anyMatch(line -> line.startsWith("| " + network + " |") && line.contains("| 7,654 ("));
  }
}
