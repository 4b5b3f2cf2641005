package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPageTest {
  @TempDir Path folder;

  private static Comparison.Cell cell(String system, String mode, boolean agrees, Double... work) {
    List<String> outcomes =
        Arrays.stream(work).map(seconds -> seconds == null ? "failed" : "ok").toList();
    List<Double> all = Arrays.asList(work);
    return new Comparison.Cell(
        system,
        mode,
        all,
        all,
        Collections.nCopies(work.length, 0.5),
        outcomes,
        List.of(),
        agrees,
        List.of(),
        List.of());
  }

  @Test
  void ratiosAreThoseOfMediansAndDifferencesAreMarked() throws IOException {
    Comparison.Row row =
        new Comparison.Row(
            "train-mlp-8",
            "MLP",
            Map.of(),
            0.01,
            null,
            List.of(
                cell("torch", "fp64", true, 2.0),
                cell("systemds", "base", true, 9.0),
                cell("reprise", "none", true, 1.0, 1.2, 1.1),
                cell("reprise", "hybrid", false, 1.5, 9.0, 1.4),
                cell("tensorflow", "fp64", false, (Double) null)));
    Comparison comparison =
        new Comparison(
            "2026-11-26T20:00", "bench/train", Machine.here(), Map.of(), 3, "smoke", List.of(row));
    Path file = folder.resolve("a.json");
    new ObjectMapper().writeValue(file.toFile(), comparison);
    assertThat(TrainingPage.of(folder, List.of(file)))
        .contains(
            "| MLP | 2.000 | 9.000 | 1.100 | 1.500 **other result** | failed | 0.75 | 6.00 | 1.36"
                + " |");
  }
}
