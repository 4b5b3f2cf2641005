package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.bench.eviction.EvictionReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimaPageTest {
  private static final Machine MACHINE = new Machine("Test", 2, 8, "Linux");

  @TempDir Path root;

  @Test
  void thePageShowsTimesGainsCeilingsRivalsAndHungRuns() throws Exception {
    Comparison comparison =
        new Comparison(
            "2026-01-02T03:04",
            "bench/compare --suite lima",
            MACHINE,
            Map.of("Reprise", "1"),
            2,
            "quick",
            List.of(
                new Comparison.Row(
                    "pcanb",
                    "PCANB",
                    Map.of("rows", 10),
                    1e-9,
                    4.0,
                    List.of(
                        cell("systemds", "base", 6, "ok", null),
                        cell("systemds", "hybrid", 3, "hung", null),
                        cell("reprise", "none", 2, "ok", new Counts(2, 2, 0, 9, 0, 0, 0)),
                        cell("reprise", "hybrid", 1, "ok", new Counts(1, 0.8, 1, 4, 5, 2, 3)),
                        cell("sklearn", "default", 5, "ok", null)))));
    String page = page("pipelines", comparison);
    assertThat(page)
        .contains("| PCANB<br>`rows=10` | 2.00 | 1.00 | 2.00x | 2.50x | 80 % | 4.00x |")
        .contains("| PCANB<br>`rows=10` | 6.00 | - **hung 1 of 1** | 1.00x |")
        .contains("| PCANB | 3.00x | 6.00x |")
        .contains("| PCANB | 2 | 5 | 3 | 4 |")
        .contains("| PCANB | scikit-learn | 5.00 | 2.000 | 1.000 | 5.00x |");
    assertThat(Files.readString(root.resolve("docs/benchmarks-lima-gain.svg")))
        .contains("2.00x")
        .contains("PCANB");
    assertThat(root.resolve("docs/benchmarks-lima-times.svg")).exists();
  }

  @Test
  void policiesAreShownRelativeToTheClairvoyantPlan() throws Exception {
    EvictionReport report =
        new EvictionReport(
            "2026-01-02T03:04",
            "bench/lima",
            "Test",
            "1",
            "quick",
            List.of(
                new EvictionReport.Row(
                    "hcv",
                    "HCV",
                    100,
                    50,
                    8_000_000,
                    3,
                    List.of(
                        new EvictionReport.AtBudget(
                            0.25, 2_000_000, 2.02, 2, Map.of("lru", 1.0))))));
    assertThat(page("eviction", report))
        .contains("| hcv | 100 | 8.0 MB | 25 % | 50 % | 2.000 s | 101 % |");
    assertThat(root.resolve("docs/benchmarks-lima-eviction.svg")).exists();
  }

  private String page(String part, Object result) throws Exception {
    Path file = root.resolve("result.json");
    new ObjectMapper().writeValue(file.toFile(), result);
    Files.createDirectories(root.resolve("docs"));
    LimaPage.main(new String[] {root.toString(), part, file.toString()});
    return Files.readString(root.resolve("docs/benchmarks-lima.md"));
  }

  private static Comparison.Cell cell(
      String system, String mode, double seconds, String outcome, Counts counts) {
    return Cells.cell(system, mode, seconds, outcome, true, counts);
  }
}
