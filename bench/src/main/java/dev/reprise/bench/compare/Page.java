package dev.reprise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The page {@code docs/benchmarks.md} and its plots, made anew from result files. */
final class Page {
  private final Path root;
  private final List<Comparison> comparisons;
  private final List<Path> steps;
  private final StringBuilder text = new StringBuilder();

  Page(Path root, List<Comparison> comparisons, List<Path> steps) {
    this.root = root;
    this.comparisons = comparisons;
    this.steps = steps;
  }

  void write() throws IOException {
    line("# Benchmarks");
    line("");
    line(
        "Made by `bench/compare` from its result files and `bench/notes.md`; edit those, not"
            + " this.");
    line("");
    line(
        "Every number is a median over fresh processes, with the smallest and largest in"
            + " brackets.");
    line(
        "The systems take turns (A B A B) on one machine and run the same script, which makes its");
    line("data by exact integer arithmetic. Results are compared: a system that prints something");
    line("else is marked. `bench/README.md` says how to repeat this.");
    line("");
    Path notes = root.resolve("bench/notes.md");
    if (Files.exists(notes)) {
      text.append(Files.readString(notes).strip()).append("\n\n");
    }
    for (int i = 0; i < comparisons.size(); i++) {
      section(comparisons.get(i), i + 1);
    }
    for (Path file : steps) {
      line("## Single steps");
      line("");
      line("From `bench/jmh` (`" + file.getFileName() + "`): average time per operation.");
      line("");
      StepsTable.of(file).forEach(this::line);
      line("");
    }
    Files.createDirectories(root.resolve("docs"));
    Files.writeString(root.resolve("docs/benchmarks.md"), text.toString().strip() + "\n");
    System.out.println("wrote " + root.resolve("docs/benchmarks.md"));
  }

  private void section(Comparison c, int number) throws IOException {
    String plot = "benchmarks-" + number + ".svg";
    Files.createDirectories(root.resolve("docs"));
    Files.writeString(root.resolve("docs").resolve(plot), BarChart.of(c));
    Machine m = c.machine();
    line("## Size `" + c.size() + "`, " + c.date().substring(0, 10));
    line("");
    line("| | |");
    line("|---|---|");
    line("| machine | " + m.cpu() + ", " + m.cores() + " cores, " + m.memoryGiB() + " GiB |");
    line("| system | " + m.system() + " |");
    c.versions().forEach((name, version) -> line("| " + name + " | " + version + " |"));
    line("| command | `" + c.command() + "` |");
    line(
        String.format(
            Locale.ROOT,
            "| runs | %d per cell; load average at most %.1f when a process started |",
            c.runs(),
            c.highestLoad()));
    line("");
    line("![Wall time of every workload, shorter is better](" + plot + ")");
    line("");
    table(c, "Process wall time, seconds", Comparison.Cell::wall);
    table(c, "The script's own time without start and data, seconds", Comparison.Cell::work);
    ratios(c);
  }

  private void table(Comparison c, String title, Function<Comparison.Cell, Spread> spread) {
    line("### " + title);
    line("");
    header(labels(c));
    for (Comparison.Row row : c.rows()) {
      if (row.cells().stream().anyMatch(cell -> spread.apply(cell).isKnown())) {
        line(
            row.cells().stream()
                .map(cell -> spread.apply(cell) + remark(cell))
                .collect(
                    Collectors.joining(" | ", "| " + title(row) + judgedBy(row) + " | ", " |")));
      }
    }
    line("");
  }

  /** Whose result was right for a row, where the first subject had none. */
  static String judgedBy(Comparison.Row row) {
    return row.judge()
        .filter(judge -> judge != row.cells().getFirst())
        .map(judge -> "<br>results judged by " + judge.subject().label())
        .orElse("");
  }

  /** How many times faster Reprise is than the rival, mode by mode. */
  private void ratios(Comparison c) {
    List<Comparison.Cell> first = c.rows().getFirst().cells();
    List<String> modes =
        first.stream().filter(x -> x.subject().isReprise()).map(Comparison.Cell::mode).toList();
    boolean hasRival = first.stream().anyMatch(x -> !x.subject().isReprise());
    if (modes.isEmpty() || !hasRival) {
      return;
    }
    line("### Times faster than SystemDS, by the script's own time where it has one");
    line("");
    List<String> columns = new ArrayList<>();
    for (String mode : modes) {
      columns.add(mode + " against base");
      columns.add(mode + " against best mode");
    }
    modes.stream().filter(m -> !m.equals("none")).forEach(m -> columns.add(m + " against none"));
    header(columns);
    for (Comparison.Row row : c.rows()) {
      double base = row.cell("systemds", "base").map(Page::seconds).orElse(Double.NaN);
      double best =
          row.cells().stream()
              .filter(x -> !x.subject().isReprise() && x.agrees())
              .mapToDouble(Page::seconds)
              .filter(Double::isFinite)
              .min()
              .orElse(Double.NaN);
      double none = row.cell("reprise", "none").map(Page::seconds).orElse(Double.NaN);
      List<String> values = new ArrayList<>();
      for (String mode : modes) {
        double ours = row.cell("reprise", mode).map(Page::seconds).orElse(Double.NaN);
        values.add(times(base / ours));
        values.add(times(best / ours));
      }
      for (String mode : modes) {
        if (!mode.equals("none")) {
          double ours = row.cell("reprise", mode).map(Page::seconds).orElse(Double.NaN);
          values.add(times(none / ours));
        }
      }
      line("| " + title(row) + " | " + String.join(" | ", values) + " |");
    }
    line("");
  }

  static double seconds(Comparison.Cell cell) {
    Spread work = cell.work();
    return work.isKnown() ? work.median() : cell.wall().median();
  }

  private static String times(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2fx", ratio) : "-";
  }

  static String remark(Comparison.Cell cell) {
    String remark = "";
    if (cell.count("hung") > 0) {
      remark += " **hung " + cell.count("hung") + " of " + cell.outcomes().size() + "**";
    }
    if (cell.count("failed") > 0) {
      remark += " **failed " + cell.count("failed") + " of " + cell.outcomes().size() + "**";
    }
    return cell.agrees() ? remark : remark + " **other result**";
  }

  private static List<String> labels(Comparison c) {
    return c.rows().getFirst().cells().stream().map(x -> x.subject().label()).toList();
  }

  static String title(Comparison.Row row) {
    String arguments =
        row.arguments().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    return row.title() + (arguments.isEmpty() ? "" : "<br>`" + arguments + "`");
  }

  private void header(List<String> columns) {
    line("| workload | " + String.join(" | ", columns) + " |");
    line("|---|" + "---:|".repeat(columns.size()));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
