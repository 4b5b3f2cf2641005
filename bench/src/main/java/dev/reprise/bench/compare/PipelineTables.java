package dev.reprise.bench.compare;

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
 * What pages about reuse in pipelines have in common: the times of both systems in all modes, gains
 * beside their ceilings, what was found, and the plots of these.
 */
final class PipelineTables {
  private final Path docs;
  private final String page;
  private final StringBuilder text = new StringBuilder();

  /**
   * The lines of a page yet to be written.
   *
   * @param docs folder of the page and its plots
   * @param page its file's name without {@code .md}, with which names of plots begin
   */
  PipelineTables(Path docs, String page) {
    this.docs = docs;
    this.page = page;
  }

  /** Heading, where the page comes from, and the text of a file of notes, if there is one. */
  void begin(String title, String command, Path notes) throws IOException {
    line("# " + title);
    line("");
    line(
        "Made by `"
            + command
            + "` from its result files and `bench/"
            + notes.getFileName()
            + "`; edit those, not this.");
    line("");
    if (Files.exists(notes)) {
      text.append(Files.readString(notes).strip()).append("\n\n");
    }
  }

  void write() throws IOException {
    Path file = docs.resolve(page + ".md");
    Files.writeString(file, text.toString().strip() + "\n");
    System.out.println("wrote " + file);
  }

  /**
   * All tables and plots of a comparison of pipelines.
   *
   * @param paper heads the column of published factors; null leaves it out
   */
  void pipelines(Comparison c, String paper) throws IOException {
    machine(c);
    line("![Times faster by reuse, with ceilings](" + page + "-gain.svg)");
    line("");
    Files.writeString(docs.resolve(page + "-gain.svg"), GainChart.of(c));
    List<String> conclusions =
        new ArrayList<>(List.of("none / hybrid", "ceiling", "part of the ceiling"));
    if (paper != null) {
      conclusions.add(paper);
    }
    seconds(
        c,
        "reprise",
        "Reprise: the script's own time, seconds",
        row -> gain(Gain.of(row)) + (paper == null ? "" : " | " + published(row)),
        conclusions);
    found(c);
    seconds(
        c,
        "systemds",
        "SystemDS: the script's own time, seconds",
        row -> times(Gain.ofSystemDs(row)),
        List.of("base / best"));
    against(c);
    besides(c);
    line("![Wall time of every process, shorter is better](" + page + "-times.svg)");
    line("");
    Files.writeString(docs.resolve(page + "-times.svg"), BarChart.of(c));
  }

  private static String gain(Gain gain) {
    return times(gain.times()) + " | " + times(gain.ceiling()) + " | " + percent(gain.ofCeiling());
  }

  private static String published(Comparison.Row row) {
    return row.published() == null ? "-" : times(row.published());
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

  /** A row per workload: the times of a system in all its modes, and what follows from them. */
  void seconds(
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
              .map(mode -> row.cell(system, mode).map(PipelineTables::cell).orElse("-"))
              .collect(Collectors.joining(" | "));
      String concluded = conclusions.isEmpty() ? "" : " | " + conclusion.apply(row);
      line("| " + Page.title(row) + Page.judgedBy(row) + " | " + times + concluded + " |");
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
      line(
          "| "
              + row.title()
              + " | "
              + times(Gain.base(row) / gain.none())
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

  void machine(Comparison c) {
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

  static String times(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2fx", ratio) : "-";
  }

  static String percent(double part) {
    return Double.isFinite(part) ? String.format(Locale.ROOT, "%.0f %%", 100 * part) : "-";
  }

  void header(List<String> columns) {
    line("| workload | " + String.join(" | ", columns) + " |");
    line("|---|" + "---:|".repeat(columns.size()));
  }

  void line(String line) {
    text.append(line).append('\n');
  }
}
