package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.bench.eviction.EvictionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The page {@code docs/benchmarks-lima.md} and its plots, made anew from the result files of {@code
 * bench/lima}: what reuse gains in LIMA's pipelines, what it costs where nothing can be reused, how
 * good eviction is, and what single steps take.
 */
public final class LimaPage {
  private static final String NAME = "benchmarks-lima";

  private final Path docs;
  private final PipelineTables tables;

  private LimaPage(Path docs) {
    this.docs = docs;
    this.tables = new PipelineTables(docs, NAME);
  }

  /**
   * Arguments: the project's root, then per part of the page its name and its result file: {@code
   * pipelines}, {@code loops}, {@code appended}, {@code appended-1000}, {@code phases}, {@code
   * eviction} or {@code steps} (repeatable).
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    LimaPage page = new LimaPage(root.resolve("docs"));
    page.tables.begin(
        "Benchmarks: reuse in LIMA's pipelines", "bench/lima", root.resolve("bench/notes-lima.md"));
    for (int i = 1; i + 1 < args.length; i += 2) {
      page.part(args[i], Path.of(args[i + 1]));
    }
    page.tables.write();
  }

  private void part(String name, Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    switch (name) {
      case "pipelines" -> pipelines(json.readValue(file.toFile(), Comparison.class));
      case "loops" -> loops(json.readValue(file.toFile(), Comparison.class));
      case "appended", "appended-1000" -> appended(json.readValue(file.toFile(), Comparison.class));
      case "phases" -> phases(json.readValue(file.toFile(), Comparison.class));
      case "eviction" -> eviction(json.readValue(file.toFile(), EvictionReport.class));
      case "steps" -> steps(file);
      default -> throw new IllegalArgumentException("no part '" + name + "' on the page");
    }
  }

  private void pipelines(Comparison c) throws IOException {
    line("## The pipelines");
    line("");
    tables.pipelines(c, "LIMA's paper");
  }

  private void loops(Comparison c) {
    line("## What reuse costs where nothing can be reused");
    line("");
    tables.machine(c);
    tables.seconds(
        c,
        "reprise",
        "Reprise: the script's own time, seconds",
        row -> {
          Gain gain = Gain.of(row);
          double trace = row.cell("reprise", "trace").map(Page::seconds).orElse(Double.NaN);
          return PipelineTables.times(trace / gain.none())
              + " | "
              + PipelineTables.times(gain.hybrid() / gain.none())
              + " | "
              + PipelineTables.times(gain.ceiling());
        },
        List.of("trace / none", "hybrid / none", "ceiling of none / hybrid"));
    tables.seconds(
        c,
        "systemds",
        "SystemDS: the script's own time, seconds",
        row -> PipelineTables.times(Gain.ofSystemDs(row)),
        List.of("base / best"));
  }

  private void appended(Comparison c) {
    line("## Appended columns: " + c.rows().getFirst().title());
    line("");
    tables.machine(c);
    tables.seconds(
        c,
        "reprise",
        "Reprise: seconds for all of them, the first product not counted",
        row -> {
          Gain gain = Gain.of(row);
          double columns = ((Number) row.arguments().get("appended")).doubleValue();
          return PipelineTables.times(gain.times())
              + " | "
              + PipelineTables.times(gain.ceiling())
              + " | "
              + String.format(Locale.ROOT, "%.2f ms", 1e3 * gain.hybrid() / columns);
        },
        List.of("none / hybrid", "ceiling", "hybrid per column"));
    tables.seconds(
        c,
        "systemds",
        "SystemDS: the same, seconds",
        row -> PipelineTables.times(Gain.ofSystemDs(row)),
        List.of("base / best"));
  }

  private void phases(Comparison c) {
    line("## Eviction: phases P1, P2, P3");
    line("");
    line("Whole processes under a limited budget, every policy, nothing spilled to disk.");
    line("`bench/workloads/phases.dml` says what the phases do.");
    line("");
    tables.machine(c);
    tables.seconds(c, "reprise", "The script's own time, seconds", row -> "", List.of());
  }

  private void eviction(EvictionReport report) throws IOException {
    line("## Eviction: policies on recorded traces, beside a clairvoyant plan");
    line("");
    line("The probes of each pipeline, recorded with one thread and reuse of whole operations on");
    line(
        report.machine()
            + " ("
            + report.version()
            + ", "
            + report.date()
            + ", size `"
            + report.size()
            + "`),");
    line(
        "replayed into the lineage cache under every policy and budget. A number is the time"
            + " saved,");
    line("relative to a plan made in knowledge of all probes. `bound` is what nothing can pass:");
    line("the fractional optimum as a flow of bytes through time, relative to the same plan.");
    line("");
    line("![Saved time relative to the clairvoyant plan](" + NAME + "-eviction.svg)");
    line("");
    Files.writeString(docs.resolve(NAME + "-eviction.svg"), EvictionChart.of(report));
    List<String> policies =
        List.copyOf(report.rows().getFirst().budgets().getFirst().savedSeconds().keySet());
    List<String> columns = new ArrayList<>(List.of("probes", "footprint", "budget"));
    columns.addAll(policies);
    columns.addAll(List.of("clairvoyant", "bound"));
    tables.header(columns);
    for (EvictionReport.Row row : report.rows()) {
      for (EvictionReport.AtBudget at : row.budgets()) {
        String saved =
            policies.stream()
                .map(p -> PipelineTables.percent(at.relative(p)))
                .collect(Collectors.joining(" | "));
        line(
            String.format(
                Locale.ROOT,
                "| %s | %d | %.1f MB | %.0f %% | %s | %.3f s | %s |",
                row.name(),
                row.probes(),
                row.footprintBytes() / 1e6,
                100 * at.share(),
                saved,
                at.clairvoyantSeconds(),
                PipelineTables.percent(at.boundSeconds() / at.clairvoyantSeconds())));
      }
    }
    line("");
  }

  private void steps(Path file) throws IOException {
    line("## Single steps: `" + file.getFileName() + "`");
    line("");
    line("Average time per operation, by JMH.");
    line("");
    StepsTable.of(file).forEach(this::line);
    line("");
  }

  private void line(String line) {
    tables.line(line);
  }
}
