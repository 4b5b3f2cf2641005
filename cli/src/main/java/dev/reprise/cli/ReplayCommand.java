package dev.reprise.cli;

import dev.reprise.ReplayRequest;
import dev.reprise.ReplayResult;
import dev.reprise.Reprise;
import dev.reprise.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise replay}. */
@Command(
    name = "reprise replay",
    customSynopsis =
        "reprise replay FILE.lineage [-o OUT] [--verify [STORED]] [--until ITEM] [OPTIONS]",
    description = {
      "Recomputes the value that a lineage file describes; writes it, compares it or prints it.",
      "The inputs must be where they were, with the same content, unless --from names others."
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Ends with 1 when --verify finds a difference.",
      "",
      "Examples:",
      "  reprise replay model.csv.lineage -o again.csv",
      "  reprise replay model.csv.lineage --verify --numerics exact",
      "  reprise replay model.csv.lineage --until %%12",
      "  reprise replay model.csv.lineage --from data/X.csv=other/X.csv -o other.csv"
    })
final class ReplayCommand implements Callable<ExitCode> {
  private static final String EXTENSION = ".lineage";
  private static final String BESIDE = "";

  private final Console console;

  @Parameters(
      paramLabel = "FILE.lineage",
      arity = "0..1",
      description = "The lineage, as write() leaves it.")
  private String trace;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "The file to write. Without it and --verify, the value is printed.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "text, csv, mm, libsvm, jsonl, binary, npy, npz, parquet, safetensors, hdf5, onnx.",
        "Default: by the name of OUT."
      })
  private String format;

  @Option(
      names = "--verify",
      paramLabel = "STORED",
      arity = "0..1",
      fallbackValue = BESIDE,
      description = {
        "Compare with a stored value. Default: the file beside the lineage file.",
        "Equal means: bits under --numerics exact, else within the tolerance of the operations."
      })
  private String stored;

  @Option(
      names = "--until",
      paramLabel = "ITEM",
      description = {
        "Compute only up to an item: a number as in %%12, the path of an input, the name of a "
            + "constant, an operation that occurs once, or a place in a loop: %%4^1@17, variable 1 "
            + "of loop %%4 (as reprise lineage --loops prints it) after iteration 17."
      })
  private String until;

  @Option(
      names = "--from",
      paramLabel = "FILE=OTHER",
      description = "Read OTHER where the trace reads FILE (or %%3); repeatable.")
  private List<String> replaced = new ArrayList<>();

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
    ReplayRequest request = request();
    EngineOptions engine = EngineOptions.of(options.settings(), console);
    engine.tellNotes(console.err());
    ReplayResult result;
    try (Session session = Reprise.session(engine.config())) {
      console.interruption().onInterrupt(Thread.currentThread()::interrupt);
      result = session.replay(request);
    }
    return told(result, console);
  }

  /** Shows a value, or how it compares. */
  static ExitCode told(ReplayResult result, Console console) {
    if (result.text() != null) {
      console.out().println(result.text().stripTrailing());
    }
    return result.comparison() == null ? ExitCode.FINE : told(result.comparison(), console);
  }

  private ReplayRequest request() {
    // --verify takes the next word, which may well be the lineage file.
    if (trace == null && stored != null && !stored.isEmpty()) {
      trace = stored;
      stored = BESIDE;
    }
    if (trace == null) {
      throw new UsageException("FILE.lineage is missing");
    }
    Path file = Path.of(trace);
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UsageException("lineage file not found: " + file);
    }
    OutputPlaces.named("--output", output);
    return ReplayRequest.of(file)
        .withUntil(until)
        .withReplacements(replacements(replaced))
        .withOutput(output, format(format, output))
        .withStored(stored == null ? null : storedValue());
  }

  /** The files of {@code --from}, by what they replace. */
  static Map<String, Path> replacements(List<String> words) {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String one : words) {
      int equals = one.indexOf('=');
      if (equals <= 0 || equals == one.length() - 1) {
        throw new UsageException("--from expects FILE=OTHER, found '" + one + "'");
      }
      if (files.put(one.substring(0, equals), Path.of(one.substring(equals + 1))) != null) {
        throw new UsageException("--from names " + one.substring(0, equals) + " twice");
      }
    }
    return files;
  }

  private Path storedValue() {
    if (!stored.isEmpty()) {
      return existing(Path.of(stored));
    }
    if (until != null) {
      throw new UsageException(
          "--verify with --until needs the file to compare with: --verify STORED");
    }
    if (!trace.endsWith(EXTENSION)) {
      throw new UsageException(
          "--verify compares with the file beside F.lineage; name it: --verify STORED");
    }
    return existing(Path.of(trace.substring(0, trace.length() - EXTENSION.length())));
  }

  private static Path existing(Path file) {
    if (!Files.exists(file)) {
      throw new UsageException("--verify: there is no stored value " + file);
    }
    return file;
  }

  private static ExitCode told(ReplayResult.Comparison comparison, Console console) {
    if (comparison.deviation() == 0) {
      console.out().println("equal: bit-identical");
      return ExitCode.FINE;
    }
    String deviation = "largest relative deviation " + comparison.deviation();
    if (comparison.isEqual()) {
      console.out().println("equal within " + comparison.allowed() + " (" + deviation + ")");
      return ExitCode.FINE;
    }
    console
        .err()
        .println(
            "reprise: the replayed value differs from the stored one: "
                + comparison.place()
                + " ("
                + deviation
                + ", allowed "
                + comparison.allowed()
                + ")");
    return ExitCode.SCRIPT;
  }

  /**
   * The format to write in; null for the default of write().
   *
   * @param named by {@code --format}, or null
   * @throws UsageException when nothing is written in the format that is named, or nothing at all
   */
  static String format(String named, Path output) {
    if (named == null) {
      return formatByName(output);
    }
    if (output == null) {
      throw new UsageException("--format goes with -o FILE");
    }
    String word = Choices.FORMAT_ALIASES.getOrDefault(named.toLowerCase(Locale.ROOT), named);
    return Choices.oneOf("--format", word, Choices.FORMAT);
  }

  /** The format that the output's extension names; null, for the default of write(), when none. */
  private static String formatByName(Path output) {
    if (output == null) {
      return null;
    }
    String name = output.toString();
    return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "csv" -> "csv";
      case "mtx", "mm" -> "mm";
      case "bin", "binary" -> "binary";
      case "libsvm", "svm" -> "libsvm";
      case "jsonl", "ndjson" -> "jsonl";
      case "hdf5", "hdf", "h5" -> "hdf5";
      case "npy" -> "npy";
      case "npz" -> "npz";
      case "parquet" -> "parquet";
      case "safetensors" -> "safetensors";
      case "onnx" -> "onnx";
      default -> null;
    };
  }
}
