package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The page {@code docs/benchmarks-training.md}, made anew from result files of bench/train. */
public final class TrainingPage {
  private final StringBuilder text = new StringBuilder();

  private TrainingPage() {}

  /** The arguments are the project's root folder and result files. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    String page = of(root, List.of(args).subList(1, args.length).stream().map(Path::of).toList());
    Path file = root.resolve("docs/benchmarks-training.md");
    Files.writeString(file, page);
    System.out.println("wrote " + file);
  }

  static String of(Path root, List<Path> results) throws IOException {
    TrainingPage page = new TrainingPage();
    page.line("# Benchmarks of training");
    page.line("");
    page.line(
        "Made by `bench/train` from its result files and `bench/notes-training.md`; edit those.");
    page.line("");
    page.line(
        "Seconds of an epoch after the first, in sizes `training` and `long` of all epochs with the"
            + " first, in size `warm` after the JVM has compiled what is hot (`train-ensemble`: of"
            + " all scoring), median of fresh processes that take turns. All");
    page.line(
        "systems train on the same numbers from the same weights; a loss that differs by more than"
            + " a hundredth is marked.");
    page.line("");
    Path notes = root.resolve("bench/notes-training.md");
    if (Files.exists(notes)) {
      page.text.append(Files.readString(notes).strip()).append("\n\n");
    }
    for (Path result : results) {
      page.section(new ObjectMapper().readValue(result.toFile(), Comparison.class));
    }
    return page.text.toString().strip() + "\n";
  }

  private void section(Comparison comparison) {
    Machine machine = comparison.machine();
    line(
        "## "
            + (comparison.rows().getFirst().name().startsWith("train-ensemble")
                ? "Scoring with an ensemble"
                : "Training")
            + ", size `"
            + comparison.size()
            + "`, "
            + comparison.date().substring(0, 10));
    line("");
    line(
        String.format(
            Locale.ROOT,
            "%s, %d cores, %d GiB; load average at most %.1f when a process started. `%s`",
            machine.cpu(),
            machine.cores(),
            machine.memoryGiB(),
            comparison.highestLoad(),
            comparison.command()));
    line("");
    Set<Subject> subjects =
        comparison.rows().stream()
            .flatMap(row -> row.cells().stream())
            .map(Comparison.Cell::subject)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    String heads = subjects.stream().map(Subject::label).collect(Collectors.joining(" | "));
    line("| | " + heads + " | of PyTorch | SystemDS takes | reuse costs |");
    line("|---|" + "---|".repeat(subjects.size() + 3));
    comparison.rows().forEach(row -> row(row, subjects));
    line("");
    line(
        "*of PyTorch*: Reprise hybrid over PyTorch (target 1.2). *SystemDS takes*: the fastest mode"
            + " of SystemDS over Reprise hybrid (target 3). *Reuse costs*: hybrid over none.");
    line("");
  }

  private void row(Comparison.Row row, Set<Subject> subjects) {
    StringBuilder line = new StringBuilder("| " + row.title() + Page.judgedBy(row));
    for (Subject subject : subjects) {
      line.append(" | ").append(cell(row, subject));
    }
    double hybrid = least(row, "reprise", "hybrid");
    line.append(" | ").append(ratio(hybrid, least(row, "torch", "")));
    line.append(" | ").append(ratio(least(row, "systemds", ""), hybrid));
    line.append(" | ").append(ratio(hybrid, least(row, "reprise", "none")));
    line(line + " |");
  }

  private static String cell(Comparison.Row row, Subject subject) {
    Optional<Comparison.Cell> found =
        row.cells().stream().filter(cell -> cell.subject().equals(subject)).findFirst();
    if (found.isEmpty() || !found.get().work().isKnown()) {
      return found.map(cell -> String.join(", ", new LinkedHashSet<>(cell.outcomes()))).orElse("");
    }
    String seconds = String.format(Locale.ROOT, "%.3f", found.get().work().median());
    return found.get().agrees() ? seconds : seconds + " **other result**";
  }

  /** The smallest median of a system's cells whose modes begin with a word; NaN without any. */
  private static double least(Comparison.Row row, String system, String mode) {
    return row.cells().stream()
        .filter(cell -> cell.system().equals(system) && cell.mode().startsWith(mode))
        .mapToDouble(cell -> cell.work().median())
        .filter(Double::isFinite)
        .min()
        .orElse(Double.NaN);
  }

  private static String ratio(double above, double below) {
    double value = above / below;
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "";
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
