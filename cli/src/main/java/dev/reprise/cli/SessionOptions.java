package dev.reprise.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that every command with a session takes; the same words everywhere. */
final class SessionOptions {
  @Option(
      names = "--reuse",
      paramLabel = "MODE",
      description = {
        "How much of earlier work is reused: none, trace, full, partial, multilevel, hybrid.",
        "Default: hybrid, the most that exists."
      })
  private String reuse = "hybrid";

  @Option(
      names = "--dedup",
      paramLabel = "on|off",
      description = "Store repeated loop and function bodies of the lineage once. Default: on.")
  private String dedup = "on";

  @Option(
      names = "--fusion",
      paramLabel = "on|off",
      description = {
        "Compute chains of element-wise operations in one loop.",
        "Changes no result. Default: on."
      })
  private String fusion = "on";

  @Option(
      names = "--graphs",
      paramLabel = "on|off",
      description = {
        "Start what a loop's iterations launch again and again on an accelerator at once.",
        "Changes no result. Default: on."
      })
  private String graphs = "on";

  @Option(
      names = "--optimize",
      paramLabel = "on|off",
      description = {
        "Rewrite the program before it runs; 'reprise explain --rewrites' shows how. Default: on."
      })
  private String optimize = "on";

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description =
          "Which cached value goes first: lru, dagheight, costnsize, benefit. Default: costnsize.")
  private String policy = "costnsize";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = {
        "Where operations run: auto, cpu, cuda:i, opencl:i, round-robin. Default: auto.",
        "cuda and opencl alone are cuda:0 and opencl:0."
      })
  private String device = "auto";

  @Option(
      names = "--numerics",
      paramLabel = "MODE",
      description = {
        "default: devices and rewrites agree within 1e-12.",
        "exact: bit-identical results on one device class."
      })
  private String numerics = "default";

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "fp64, fp32, tf32, bf16. Default: fp64.")
  private String precision = "fp64";

  @Option(
      names = "--memory",
      paramLabel = "BUDGETS",
      description = {
        "Bytes per location, as in host=4g,disk=50g,cuda:0=8g,lineage=512m.",
        "Default: half of the machine's memory for host, half of the free space for disk;",
        "disk=0 moves nothing to disk."
      })
  private String memory;

  @Option(
      names = "--spill-folder",
      paramLabel = "DIR",
      description = {
        "Folder for values that host memory cannot hold.",
        "Default: a folder in the user's cache folder."
      })
  private Path spillFolder;

  @Option(
      names = "--store",
      paramLabel = "WHERE",
      description = {
        "Folder of an experiment store, made when it is not there: what earlier runs have computed "
            + "is loaded, what this one computes is kept. --memory store=20g bounds it (the "
            + "default).",
        "Or the address of a team's, http://HOST:PORT, with a token in REPRISE_TOKEN. 'none' for "
            + "none. Default: the one that reprise.toml names."
      })
  private String store;

  @Option(
      names = "--warm-start",
      description = {
        "Let warmstart(initial, data, name) of scripts return the best earlier model of that score "
            + "on that data from the store. Without it: the initial one."
      })
  private boolean warmStart;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Base of all seeds that the system draws. Default: new for each run.")
  private Long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that kernels and parfor workers share. Default: all cores.")
  private Integer threads;

  @Option(
      names = "--library",
      paramLabel = "DIR",
      description = "Folder with further functions (f.dml for f), searched first; repeatable.")
  private List<Path> library = new ArrayList<>();

  @Option(
      names = "--trap",
      paramLabel = "nan|inf",
      description = {
        "Stop at the first operation that makes a NaN or an infinity, and show what it is made of.",
        "Both: nan,inf."
      })
  private String trap;

  @Option(
      names = "--estimate",
      description = "Reuse nothing; report on stderr what reuse would have saved, and where.")
  private boolean estimate;

  @Option(
      names = "--verify-reuse",
      paramLabel = "1/N",
      description = "Compute one of N found values again and compare; a difference is an error.")
  private String verifyReuse;

  @Option(names = "--stats", description = "Print a table of what the run did, on stderr.")
  private boolean stats;

  @Option(
      names = "--stats-json",
      paramLabel = "FILE",
      description = "Write the same numbers as JSON.")
  private Path statsJson;

  @Option(
      names = "--trace-file",
      paramLabel = "FILE",
      description = "Write a time line for the usual trace viewers.")
  private Path traceFile;

  @Option(
      names = "--metrics",
      paramLabel = "DIR",
      description = "Keep what scripts tell with metric, as csv and for TensorBoard.")
  private Path metrics;

  @Option(
      names = "--progress",
      description = {
        "Tell on stderr how far the run is and when it will be done, from the script's progress or "
            + "the iterations of parfor: one line that changes on a terminal, plain lines "
            + "elsewhere."
      })
  private boolean progress;

  @Option(names = "--explain", description = "Print the compiled program on stderr before it runs.")
  private boolean explain;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say on stderr what the run is about to do.")
  private boolean verbose;

  /**
   * @throws UsageException for a word that an option does not know
   */
  Settings settings() {
    if (threads != null && threads < 1) {
      throw new UsageException("--threads must be at least 1, not " + threads);
    }
    OutputPlaces.folder("--spill-folder", spillFolder);
    OutputPlaces.file("--stats-json", statsJson);
    OutputPlaces.replacedFile("--trace-file", traceFile);
    OutputPlaces.folder("--metrics", metrics);
    return new Settings(
        Choices.oneOf("--reuse", reuse, Choices.REUSE),
        Choices.oneOf("--dedup", dedup, Choices.SWITCH).equals("on"),
        Choices.oneOf("--fusion", fusion, Choices.SWITCH).equals("on"),
        Choices.oneOf("--graphs", graphs, Choices.SWITCH).equals("on"),
        Choices.oneOf("--optimize", optimize, Choices.SWITCH).equals("on"),
        Choices.oneOf("--policy", policy, Choices.POLICY),
        Choices.device("--device", device),
        Choices.oneOf("--numerics", numerics, Choices.NUMERICS),
        Choices.oneOf("--precision", precision, Choices.PRECISION),
        memory == null ? MemoryBudgets.DEFAULT : MemoryBudgets.parse(memory),
        spillFolder,
        store,
        warmStart,
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        threads == null ? OptionalInt.empty() : OptionalInt.of(threads),
        library,
        stats,
        Settings.DEFAULT_STATS_ROWS,
        statsJson,
        traceFile,
        metrics,
        progress,
        explain,
        verbose,
        checks());
  }

  private Checks checks() {
    return trap == null && !estimate && verifyReuse == null
        ? Checks.NONE
        : new Checks(
            trap == null ? Set.of() : Checks.traps(trap),
            estimate,
            verifyReuse == null ? 0 : Checks.sample(verifyReuse));
  }

  /** Sets the option without a value that has this name; false when it is none of these. */
  boolean takeFlag(String option) {
    switch (option) {
      case "--stats" -> stats = true;
      case "--warm-start" -> warmStart = true;
      case "--estimate" -> estimate = true;
      case "--progress" -> progress = true;
      case "--explain" -> explain = true;
      case "-v", "--verbose" -> verbose = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Sets the option with this name; false when it is none of these or the value does not fit. */
  boolean takeValue(String option, String value) {
    switch (option) {
      case "--reuse" -> reuse = value;
      case "--dedup" -> dedup = value;
      case "--fusion" -> fusion = value;
      case "--graphs" -> graphs = value;
      case "--optimize" -> optimize = value;
      case "--policy" -> policy = value;
      case "--device" -> device = value;
      case "--numerics" -> numerics = value;
      case "--precision" -> precision = value;
      case "--memory" -> memory = value;
      case "--spill-folder" -> spillFolder = Path.of(value);
      case "--store" -> store = value;
      case "--trap" -> trap = value;
      case "--verify-reuse" -> verifyReuse = value;
      case "--library" -> library.add(Path.of(value));
      case "--stats-json" -> statsJson = Path.of(value);
      case "--trace-file" -> traceFile = Path.of(value);
      case "--metrics" -> metrics = Path.of(value);
      case "--seed", "--threads" -> {
        return takeNumber(option, value);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean takeNumber(String option, String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return false;
      }
    }
    if (digits.length() > 9) {
      return false;
    }
    if (option.equals("--seed")) {
      seed = Long.valueOf(digits);
    } else {
      threads = Integer.valueOf(digits);
    }
    return true;
  }
}
