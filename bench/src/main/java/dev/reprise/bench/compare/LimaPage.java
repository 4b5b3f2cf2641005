package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.bench.eviction.EvictionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The page {@code docs/benchmarks-lima.md} and its plots, made anew from the result files of {@code
 * bench/lima}: what reuse gains in LIMA's pipelines, what it costs where nothing can be reused, how
 * good eviction is, and what single steps take.
 */
public final class LimaPage {
  private static final String NAME = "benchmarks-lima";

  private final Path docs;
  private final StringBuilder text = new StringBuilder();

  private LimaPage(Path docs) {
    this.docs = docs;
  }

  /**
   * Arguments: the project's root, then per part of the page its name and its result file: {@code
   * pipelines}, {@code loops}, {@code appended}, {@code appended-1000}, {@code phases}, {@code
   * eviction} or {@code steps} (repeatable).
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    LimaPage page = new LimaPage(root.resolve("docs"));
    page.begin(root);
    for (int i = 1; i + 1 < args.length; i += 2) {
      page.part(args[i], Path.of(args[i + 1]));
    }
    Path file = page.docs.resolve(NAME + ".md");
    Files.writeString(file, page.text.toString().strip() + "\n");
    System.out.println("wrote " + file);
  }

  private void begin(Path root) throws IOException {
    line("# Benchmarks: reuse in LIMA's pipelines");
    line("");
    line(
        "Made by `bench/lima` from its result files and `bench/notes-lima.md`; edit those, not"
            + " this.");
    line("");
    Path notes = root.resolve("bench/notes-lima.md");
    if (Files.exists(notes)) {
      text.append(Files.readString(notes).strip()).append("\n\n");
    }
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
    machine(c);
    line("![Times faster by reuse, with ceilings](" + NAME + "-gain.svg)");
    line("");
    Files.writeString(docs.resolve(NAME + "-gain.svg"), GainChart.of(c));
    seconds(
        c,
        "reprise",
        "Reprise: the script's own time, seconds",
        row -> gain(Gain.of(row), row),
        List.of("none / hybrid", "ceiling", "part of the ceiling", "LIMA's paper"));
    found(c);
    seconds(
        c,
        "systemds",
        "SystemDS: the script's own time, seconds",
        row -> times(Gain.ofSystemDs(row)),
        List.of("base / best"));
    against(c);
    besides(c);
    line("![Wall time of every process, shorter is better](" + NAME + "-times.svg)");
    line("");
    Files.writeString(docs.resolve(NAME + "-times.svg"), BarChart.of(c));
  }

  /** What the runs with all reuse found, by level: gains have to come from hits. */
  private void found(Comparison c) {
    line("### Found in the hybrid runs");
    line("");
    header(List.of("whole calls and blocks", "operations", "put together from parts", "executed"));
    for (Comparison.Row row : c.rows()) {
      row.cell("reprise", "hybrid")
          .ifPresent(cell ->
              line(
                  String.format(
                      Locale.ROOT,
                      "| %s | %.0f | %.0f | %.0f | %.0f |",
                      row.title(),
                      cell.counted(Counts::calls),
                      cell.counted(Counts::hits),
                      cell.counted(Counts::parts),
                      cell.counted(Counts::executed))));
    }
    line("");
  }

  private static String gain(Gain gain, Comparison.Row row) {
    String published = row.published() == null ? "-" : times(row.published());
    return times(gain.times())
        + " | "
        + times(gain.ceiling())
        + " | "
        + percent(gain.ofCeiling())
        + " | "
        + published;
  }

  /** A row per workload: the times of a system in all its modes, and what follows from them. */
  private void seconds(
      Comparison c,
      String system,
      String title,
      Function<Comparison.Row, String> conclusion,
      List<String> conclusions) {
    List<String> modes =
        c.rows().getFirst().cells().stream()
            .filter(x -> x.system().equals(system) && !x.mode().equals(Subject.COARSE))
            .map(Comparison.Cell::mode)
            .toList();
    if (modes.isEmpty()) {
      return;
    }
    line("### " + title);
    line("");
    List<String> columns = new ArrayList<>(modes.stream().map(m -> m.replace("+", " ")).toList());
    columns.addAll(conclusions);
    header(columns);
    for (Comparison.Row row : c.rows()) {
      String times =
          modes.stream()
              .map(mode -> row.cell(system, mode).map(LimaPage::cell).orElse("-"))
              .collect(Collectors.joining(" | "));
      String concluded = conclusions.isEmpty() ? "" : " | " + conclusion.apply(row);
      line("| " + Page.title(row) + " | " + times + concluded + " |");
    }
    line("");
  }

  private static String cell(Comparison.Cell cell) {
    Spread spread = cell.work().isKnown() ? cell.work() : cell.wall();
    return spread + Page.remark(cell);
  }

  private void against(Comparison c) {
    if (c.rows().stream().allMatch(row -> Double.isNaN(Gain.bestRival(row)))) {
      return;
    }
    line("### Times faster than SystemDS, by the script's own time");
    line("");
    header(List.of("none against base", "hybrid against its best mode"));
    for (Comparison.Row row : c.rows()) {
      Gain gain = Gain.of(row);
      double base = row.cell("systemds", "base").map(Page::seconds).orElse(Double.NaN);
      line(
          "| "
              + row.title()
              + " | "
              + times(base / gain.none())
              + " | "
              + times(Gain.bestRival(row) / gain.hybrid())
              + " |");
    }
    line("");
  }

  /** What only some workloads are compared with: scikit-learn, and reuse of whole calls alone. */
  private void besides(Comparison c) {
    List<String> lines = new ArrayList<>();
    for (Comparison.Row row : c.rows()) {
      Gain gain = Gain.of(row);
      Optional<Comparison.Cell> library = row.cell("sklearn", "default");
      library.ifPresent(x -> lines.add(beside(row, "scikit-learn", x, gain)));
      Optional<Comparison.Cell> coarse = row.cell("reprise", Subject.COARSE);
      coarse.ifPresent(x -> lines.add(beside(row, "whole calls remembered by hand", x, gain)));
    }
    if (!lines.isEmpty()) {
      line("### Beside scikit-learn, and beside reuse of whole calls alone");
      line("");
      header(List.of("against", "its time", "Reprise none", "Reprise hybrid", "hybrid is faster"));
      lines.forEach(this::line);
      line("");
    }
  }

  private static String beside(Comparison.Row row, String name, Comparison.Cell cell, Gain gain) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.3f | %.3f | %s |",
        row.title(),
        name,
        cell(cell),
        gain.none(),
        gain.hybrid(),
        times(Page.seconds(cell) / gain.hybrid()));
  }

  private void loops(Comparison c) {
    line("## What reuse costs where nothing can be reused");
    line("");
    machine(c);
    seconds(
        c,
        "reprise",
        "Reprise: the script's own time, seconds",
        row -> {
          Gain gain = Gain.of(row);
          double trace = row.cell("reprise", "trace").map(Page::seconds).orElse(Double.NaN);
          return times(trace / gain.none())
              + " | "
              + times(gain.hybrid() / gain.none())
              + " | "
              + times(gain.ceiling());
        },
        List.of("trace / none", "hybrid / none", "ceiling of none / hybrid"));
    seconds(
        c,
        "systemds",
        "SystemDS: the script's own time, seconds",
        row -> times(Gain.ofSystemDs(row)),
        List.of("base / best"));
  }

  private void appended(Comparison c) {
    line("## Appended columns: " + c.rows().getFirst().title());
    line("");
    machine(c);
    seconds(
        c,
        "reprise",
        "Reprise: seconds for all of them, the first product not counted",
        row -> {
          Gain gain = Gain.of(row);
          double columns = ((Number) row.arguments().get("appended")).doubleValue();
          return times(gain.times())
              + " | "
              + times(gain.ceiling())
              + " | "
              + String.format(Locale.ROOT, "%.2f ms", 1e3 * gain.hybrid() / columns);
        },
        List.of("none / hybrid", "ceiling", "hybrid per column"));
    seconds(
        c,
        "systemds",
        "SystemDS: the same, seconds",
        row -> times(Gain.ofSystemDs(row)),
        List.of("base / best"));
  }

  private void phases(Comparison c) {
    line("## Eviction: phases P1, P2, P3");
    line("");
    line("Whole processes under a limited budget, every policy, nothing spilled to disk.");
    line("`bench/workloads/phases.dml` says what the phases do.");
    line("");
    machine(c);
    seconds(c, "reprise", "The script's own time, seconds", row -> "", List.of());
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
    header(columns);
    for (EvictionReport.Row row : report.rows()) {
      for (EvictionReport.AtBudget at : row.budgets()) {
        String saved =
            policies.stream().map(p -> percent(at.relative(p))).collect(Collectors.joining(" | "));
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
                percent(at.boundSeconds() / at.clairvoyantSeconds())));
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

  private void machine(Comparison c) {
    line(
        String.format(
            Locale.ROOT,
            "%s, %s; %s. `%s`, %s, medians with smallest and largest, load average at most %.1f.",
            c.machine().describe(),
            c.machine().system(),
            c.versions().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")),
            c.command(),
            c.date().substring(0, 10),
            c.highestLoad()));
    line("");
  }

  private static String times(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2fx", ratio) : "-";
  }

  private static String percent(double part) {
    return Double.isFinite(part) ? String.format(Locale.ROOT, "%.0f %%", 100 * part) : "-";
  }

  private void header(List<String> columns) {
    line("| workload | " + String.join(" | ", columns) + " |");
    line("|---|" + "---:|".repeat(columns.size()));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
