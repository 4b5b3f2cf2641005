package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final String LOOPS =
      """
      for (i in 1:3) { # parfor
        for (j in 1:2) {
          print(i)
        }
      }
      """;

  @Test
  void markedLoopsOfAParallelWorkloadAreParforLoops() {
    assertThat(workload(true).text(LOOPS))
        .contains("parfor (i in 1:3) {\n")
        .contains("  for (j in 1:2) {\n")
        .doesNotContain("#");
  }

  @Test
  void aSequentialWorkloadRunsAsItIsWritten() {
    assertThat(workload(false).text(LOOPS)).isEqualTo(LOOPS);
  }

  @Test
  void everyWorkloadHasAScriptAndEveryParallelOneAMarkedLoop() throws Exception {
    Path root = Path.of("..").toRealPath();
    for (Workload workload : Workload.readAll(root)) {
      assertThat(workload.file(root)).exists();
      String source = Files.readString(workload.file(root));
      assertThat(workload.text(source).equals(source))
          .as(workload.name())
          .isEqualTo(!workload.parallel());
      workload.besides().forEach(subject -> assertThat(subject.label()).isNotEmpty());
    }
  }

  private static Workload workload(boolean parallel) {
    return new Workload("w", "w", 0, Map.of(), null, parallel, null, null, List.of());
  }
}
