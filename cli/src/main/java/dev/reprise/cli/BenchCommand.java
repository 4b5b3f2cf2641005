package dev.reprise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise bench}. */
@Command(
    name = "reprise bench",
    customSynopsis = "reprise bench [OPTIONS] (FILE | -s TEXT) [--args V... | --nvargs NAME=V...]",
    description = {
      "Runs a script on several devices, with and without reuse, and compares times and results.",
      "Every run has a session of its own, so nothing is kept from run to run; the runs of all",
      "combinations take turns. What the script prints is compared and not shown.",
      "Ends with 1 when two combinations print different things, or one of them fails."
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise bench train.dml",
      "  reprise bench train.dml --placements cpu,opencl:0,auto+opencl:0 --reuse none,hybrid",
      "  reprise bench train.dml --placements cpu,cuda:0 --runs 9 --plot times.svg --json"
          + " times.json",
      "  reprise bench train.dml --reuse none --memory opencl:0=64m --nvargs X=data/x.csv"
    })
final class BenchCommand implements Callable<ExitCode> {
  private static final int MOST_RUNS = 1_000;

  private final Console console;

  @Mixin private final ScriptWords script = new ScriptWords();

  @Option(
      names = "--placements",
      paramLabel = "LIST",
      description = {
        "Where operations run: auto, cpu, cuda:i, opencl:i, round-robin, auto+opencl:0, ...",
        "cuda and opencl alone are cuda:0 and opencl:0.",
        "Default: cpu,auto. What is absent here is said in its row, and the others go on."
      })
  private String placements = "cpu,auto";

  @Option(
      names = "--reuse",
      paramLabel = "LIST",
      description = {
        "How much is reused: none, trace, full, partial, multilevel, hybrid.",
        "Default: none,hybrid."
      })
  private String reuse = "none,hybrid";

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Measured runs of each combination. Default: 5.")
  private int runs = 5;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Runs of each combination before those that count. Default: 1.")
  private int warmup = 1;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description = {
        "How far printed numbers may differ, relative to the larger one or to 1.",
        "Default: 1e-9 for fp64, else 1e-3."
      })
  private Double tolerance;

  @Option(names = "--plot", paramLabel = "FILE", description = "Draw the times as an SVG picture.")
  private Path plot;

  @Option(names = "--json", paramLabel = "FILE", description = "Write every number as JSON.")
  private Path json;

  @Mixin private final BenchOptions options = new BenchOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    BenchPlan plan = plan();
    OutputPlaces.file("--plot", plot);
    OutputPlaces.file("--json", json);
    BenchDevices devices = BenchDevices.lookedFor(plan.cells());
    new BenchRun(plan, devices, console).run();
    console.out().print(BenchTable.text(plan, devices));
    console.out().flush();
    if (plot != null) {
      BenchFiles.write("--plot", plot, BenchPlot.svg(plan));
    }
    if (json != null) {
      BenchFiles.write("--json", json, BenchJson.text(plan, devices));
    }
    return exitCode(plan.cells());
  }

  private static ExitCode exitCode(List<BenchCell> cells) {
    for (BenchCell cell : cells) {
      if (cell.failure() != null || cell.difference() != null) {
        return ExitCode.SCRIPT;
      }
    }
    return cells.stream().allMatch(cell -> cell.absence() != null)
        ? ExitCode.RESOURCE
        : ExitCode.FINE;
  }

  /**
   * @throws UsageException for a word that an option does not know
   * @throws IOException when the script cannot be read
   */
  private BenchPlan plan() throws IOException {
    checkCount("--runs", runs, 1);
    checkCount("--warmup", warmup, 0);
    if (tolerance != null && !(tolerance >= 0 && tolerance < 1)) {
      throw new UsageException("--tolerance must be from 0 to below 1, not " + tolerance);
    }
    List<BenchCell> cells = new ArrayList<>();
    for (String placement :
        words("--placements", placements, word -> Choices.device("--placements", word))) {
      for (String mode :
          words("--reuse", reuse, word -> Choices.oneOf("--reuse", word, Choices.REUSE))) {
        cells.add(new BenchCell(placement, mode, options.settings(placement, mode)));
      }
    }
    return new BenchPlan(script.source(), cells, runs, warmup, tolerance(cells.getFirst()));
  }

  private double tolerance(BenchCell cell) {
    if (tolerance != null) {
      return tolerance;
    }
    return switch (cell.settings().precision()) {
      case "fp64" -> 1e-9;
      case "bf16" -> 1e-2;
      default -> 1e-3;
    };
  }

  private static void checkCount(String option, int count, int least) {
    if (count < least || count > MOST_RUNS) {
      throw new UsageException(
          option + " must be from " + least + " to " + MOST_RUNS + ", not " + count);
    }
  }

  private static List<String> words(String option, String list, UnaryOperator<String> check) {
    List<String> words = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      String word = check.apply(part.strip());
      if (words.contains(word)) {
        throw new UsageException(option + ": '" + word + "' is given twice");
      }
      words.add(word);
    }
    return words;
  }
}
