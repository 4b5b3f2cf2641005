package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise replay}. */
@Command(
    name = "reprise replay",
    customSynopsis = "reprise replay FILE.lineage -o OUT [--format FORMAT] [OPTIONS]",
    description = {
      "Recomputes the value that a lineage file describes, and writes it.",
      "The inputs must be where they were, with the same content."
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise replay model.csv.lineage -o again.csv",
      "  reprise replay model.csv.lineage -o again.bin --format binary --threads 1"
    })
final class ReplayCommand implements Callable<ExitCode> {
  private final Console console;

  @Parameters(paramLabel = "FILE.lineage", description = "The lineage, as write() leaves it.")
  private Path trace;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "The file to write.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, csv, mm, binary. Default: by the name of OUT.")
  private String format;

  @Mixin private final SessionOptions options = new SessionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ReplayCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    if (!Files.isReadable(trace)) {
      throw new UsageException("lineage file not found: " + trace);
    }
    EngineOptions engine = EngineOptions.of(options.settings(), console);
    engine.tellNotes(console.err());
    try (Session session = Reprise.session(engine.config())) {
      console.interruption().onInterrupt(Thread.currentThread()::interrupt);
      session.replay(trace, output, format == null ? formatByName() : format);
    }
    return ExitCode.FINE;
  }

  /** The format that the output's extension names; null, for the default of write(), when none. */
  private String formatByName() {
    String name = output.toString();
    return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "csv" -> "csv";
      case "mtx", "mm" -> "mm";
      case "bin", "binary" -> "binary";
      default -> null;
    };
  }
}
