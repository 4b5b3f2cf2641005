package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemphisPageTest {
  @TempDir Path root;

  @Test
  void thePageShowsNotesTimesGainsAndWhatWasFound() throws Exception {
    Comparison comparison =
        new Comparison(
            "2026-01-02T03:04",
            "bench/compare --suite memphis",
            new Machine("Test", 2, 8, "Linux"),
            Map.of("Reprise", "1"),
            2,
            "quick",
            List.of(
                new Comparison.Row(
                    "clean",
                    "CLEAN",
                    Map.of("rows", 10),
                    1e-9,
                    null,
                    List.of(
                        cell("systemds", "base", 6, true, null),
                        cell("systemds", "hybrid", 3, false, null),
                        cell("reprise", "none", 2, true, new Counts(2, 2, 0, 9, 0, 0, 0)),
                        cell("reprise", "hybrid", 1, true, new Counts(1, 0.8, 1, 4, 5, 2, 3)))),
                new Comparison.Row(
                    "hband",
                    "HBAND",
                    Map.of("rows", 20),
                    1e-9,
                    null,
                    List.of(
                        hung("systemds", "base"),
                        cell("systemds", "hybrid", 3, true, null),
                        cell("reprise", "none", 2, true, null),
                        cell("reprise", "hybrid", 1, true, null)))));
    Path file = root.resolve("result.json");
    new ObjectMapper().writeValue(file.toFile(), comparison);
    Files.createDirectories(root.resolve("docs"));
    Files.createDirectories(root.resolve("bench"));
    Files.writeString(root.resolve("bench/notes-memphis.md"), "What it says.\n");
    MemphisPage.main(new String[] {root.toString(), file.toString()});
    assertThat(Files.readString(root.resolve("docs/benchmarks-memphis.md")))
        .startsWith("# Benchmarks: reuse in MEMPHIS's pipelines\n")
        .contains("`bench/notes-memphis.md`")
        .contains("\nWhat it says.\n")
        .contains("| workload | none | hybrid | none / hybrid | ceiling | part of the ceiling |\n")
        .contains("| CLEAN<br>`rows=10` | 2.00 | 1.00 | 2.00x | 2.50x | 80 % |\n")
        .contains("| CLEAN<br>`rows=10` | 6.00 | 3.00 **other result** | 1.00x |\n")
        .contains("| CLEAN | 3.00x | 6.00x |\n")
        .contains("| HBAND<br>`rows=20`<br>results judged by SystemDS hybrid | 2.00 | 1.00 |")
        .contains("| HBAND<br>`rows=20`<br>results judged by SystemDS hybrid | - **hung 1 of 1** |")
        .contains("| CLEAN | 2 | 5 | 3 | 4 |\n")
        .doesNotContain("LIMA");
    assertThat(Files.readString(root.resolve("docs/benchmarks-memphis-gain.svg")))
        .contains("CLEAN")
        .doesNotContain("LIMA");
    assertThat(root.resolve("docs/benchmarks-memphis-times.svg")).exists();
  }

  private static Comparison.Cell hung(String system, String mode) {
    return Cells.cell(system, mode, 60, "hung", true, null);
  }

  private static Comparison.Cell cell(
      String system, String mode, double seconds, boolean agrees, Counts counts) {
    return Cells.cell(system, mode, seconds, "ok", agrees, counts);
  }
}
