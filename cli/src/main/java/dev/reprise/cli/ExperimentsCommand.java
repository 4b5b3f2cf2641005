package dev.reprise.cli;

import dev.reprise.OptionPlaces;
import dev.reprise.runtime.ResourceException;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.FolderGraph;
import dev.reprise.store.Inspection;
import dev.reprise.store.Materialisation;
import dev.reprise.store.Materialisation.Method;
import dev.reprise.store.NewStore;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.GraphSource;
import dev.reprise.store.exchange.Merge;
import dev.reprise.store.exchange.MergeTarget;
import dev.reprise.store.remote.RemoteExperiments;
import dev.reprise.store.remote.RemoteGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code reprise experiments}. */
@Command(
    name = "reprise experiments",
    customSynopsis = {
      "reprise experiments --store WHERE list [--limit N]",
      "       reprise experiments --store WHERE show RUN [--limit N]",
      "       reprise experiments --store WHERE artifacts [--run RUN] [--limit N]",
      "       reprise experiments --store WHERE origin LINEAGE [--limit N]",
      "       reprise experiments --store WHERE compare RUN RUN",
      "       reprise experiments --store WHERE replay RUN NAME [-o FILE] [--from FILE=OTHER]",
      "       reprise experiments --store WHERE replay LINEAGE [-o FILE | --verify] [--from ...]",
      "       reprise experiments --store WHERE fsck [--mend]",
      "       reprise experiments --store WHERE gc --budget SIZE [--by METHOD]",
      "       reprise experiments --store WHERE export FILE",
      "       reprise experiments --store WHERE import FILE"
    },
    description = {
      "Looks into an experiment store: what 'reprise run --store DIR' has left there.",
      "",
      "list       the latest runs: who, what, how long, how it ended, scores",
      "show       one run, what it wrote and kept, as artifacts does",
      "artifacts  kept values, those first that took longest to compute",
      "origin     one value, by the first digits of its lineage: which runs had it, what it was",
      "           made of and what was made of it",
      "compare    two runs: facts, scores, and the first difference in how their outputs came to"
          + " be",
      "replay     computes again what a run wrote, or any value by the first digits of its"
          + " lineage,",
      "           and writes, prints or compares it",
      "fsck       compares every content with its fingerprint; ends with 1 when something is wrong",
      "gc         removes what is worth least until artifacts take no more than the budget",
      "export     writes graph and artifacts into one file, with a checksum",
      "import     adds what such a file has and the store does not"
    },
    sortOptions = false,
    usageHelpWidth = 100)
final class ExperimentsCommand implements Callable<ExitCode> {
  private static final String REPLAY = "experiments replay";
  private static final List<String> ACTIONS =
      List.of(
          "list",
          "show",
          "artifacts",
          "origin",
          "compare",
          "replay",
          "fsck",
          "gc",
          "export",
          "import");

  /** Words of each action, itself included, beyond which there is nothing to say. */
  private static final Map<String, Integer> MOST_WORDS =
      Map.of("show", 2, "origin", 2, "compare", 3, "replay", 3, "export", 2, "import", 2);

  private static final List<String> METHODS =
      List.of("worth", "heuristic", "storage-aware", "benefit");

  /** Longer than a run takes to leave what it has. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final Map<String, Set<String>> TAKERS =
      Map.of(
          "--limit",
              Set.of(
                  "experiments list",
                  "experiments show",
                  "experiments artifacts",
                  "experiments origin"),
          "--run", Set.of("experiments artifacts"),
          "--mend", Set.of("experiments fsck"),
          "--budget", Set.of("experiments gc"),
          "--by", Set.of("experiments gc"),
          "--output", Set.of(REPLAY),
          "--format", Set.of(REPLAY),
          "--from", Set.of(REPLAY),
          "--verify", Set.of(REPLAY));

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ACTION", arity = "0..*", description = "What to do. Default: list.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "WHERE",
      description = {
        "Folder of an experiment store, or address of a team's (http://HOST:PORT, with a token in "
            + "REPRISE_TOKEN). Default: the one that reprise.toml names."
      })
  private String where;

  @Option(names = "--limit", paramLabel = "N", description = "How many at most. Default: 20.")
  private int limit = 20;

  @Option(names = "--run", paramLabel = "RUN", description = "Only what this run added.")
  private long run;

  @Option(
      names = "--mend",
      description = "Remove what is damaged; it is computed again when needed.")
  private boolean mend;

  @Option(names = "--budget", paramLabel = "SIZE", description = "As in 5g or 500m.")
  private String budget;

  @Option(
      names = "--by",
      paramLabel = "METHOD",
      description = {
        "How gc chooses: worth (default: least time saved for its bytes goes first, until the "
            + "budget holds); heuristic, storage-aware (as published for EG), benefit (ours) look "
            + "at the whole graph, and remove whatever they do not choose."
      })
  private String by = "worth";

  @Mixin private final StoredReplay replay = new StoredReplay();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ExperimentsCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws IOException {
    String action =
        Choices.oneOf("experiments", words.isEmpty() ? "list" : words.getFirst(), ACTIONS);
    int most = MOST_WORDS.getOrDefault(action, 1);
    if (words.size() > most) {
      throw new UsageException(
          "experiments " + action + " does not take '" + words.get(most) + "'; see --help");
    }
    ActionOptions.check(spec, "experiments " + action, TAKERS);
    if (limit < 1) {
      throw new UsageException("--limit: " + limit + " is less than 1");
    }
    RepriseFile file = RepriseFile.ofUser();
    String store = where == null ? file.store() : where;
    if (store == null) {
      throw new UsageException("experiments needs --store, a folder or the address of a server");
    }
    StoreConfig config = StoreChoice.config(store, file);
    return config.server() == null ? inFolder(action, config) : onServer(action, config);
  }

  private ExitCode inFolder(String action, StoreConfig config) throws IOException {
    if (!ExperimentStore.awaitWriters(config.folder(), PATIENCE_NANOS)) {
      console.err().println("reprise: note: a run that has ended is still writing to this store");
    }
    boolean imports = action.equals("import");
    // Runs that were recalled are in the graph once somebody opens it to write.
    boolean unlisted = ExperimentStore.hasUnlistedRuns(config.folder());
    boolean changes = imports || action.equals("gc") || mend || !action.equals("fsck") && unlisted;
    // Looking does not make a store where there is none.
    boolean known = imports || unlisted || NewStore.isMade(config.folder());
    StoreConfig wanted = changes && known ? config : config.asReadOnly();
    ArchiveReader archive = imports ? new ArchiveReader(existingArchive()) : null;
    try (ExperimentStore store = ExperimentStore.openOnFullDisk(wanted)) {
      return switch (action) {
        case "export" -> exported(new FolderGraph(store));
        case "import" -> imported(archive, new FolderGraph(store));
        case "fsck" -> checked(new Inspection(store).run(mend));
        case "gc" -> collect(store);
        default -> look(action, new Experiments(store), config);
      };
    }
  }

  private ExitCode onServer(String action, StoreConfig config) throws IOException {
    try (RemoteExperiments remote = new RemoteExperiments(config.server())) {
      return switch (action) {
        case "export" -> exported(new RemoteGraph(remote));
        case "import" -> imported(new ArchiveReader(existingArchive()), new RemoteGraph(remote));
        case "fsck" -> checked(remote.check(mend));
        case "gc" -> collect(remote);
        default -> look(action, new Experiments(remote), config);
      };
    }
  }

  private ExitCode look(String action, Experiments experiments, StoreConfig config)
      throws IOException {
    ExperimentsReport report = new ExperimentsReport(experiments, console.out());
    return switch (action) {
      case "list" -> report.list(limit);
      case "show" -> report.show(number(1), limit);
      case "artifacts" -> {
        if (run != 0) {
          // Says so when there is no such run.
          experiments.run(run);
        }
        yield report.artifacts(run, limit);
      }
      case "origin" -> report.origin(lineage(), limit);
      case "compare" -> report.compare(number(1), number(2));
      default ->
          words.size() == 3
              ? replay.written(experiments, number(1), words.get(2), console)
              : replay.value(config, lineage(), console);
    };
  }

  /** The first digits of a lineage. */
  private String lineage() {
    String digits = words.size() == 2 ? words.get(1).toLowerCase(Locale.ROOT) : "";
    if (!digits.matches("[0-9a-f]{4,32}")) {
      throw new UsageException(
          "experiments "
              + words.getFirst()
              + " takes "
              + (words.getFirst().equals("replay") ? "RUN NAME, or " : "")
              + "a LINEAGE, 4 to 32 hexadecimal digits, as artifacts and show list them");
    }
    return digits;
  }

  private long number(int position) {
    if (words.size() <= position) {
      throw new UsageException(
          "experiments " + words.getFirst() + " needs the number of a run; list shows them");
    }
    try {
      return Long.parseLong(words.get(position));
    } catch (NumberFormatException e) {
      throw new UsageException("'" + words.get(position) + "' is not the number of a run");
    }
  }

  private ExitCode checked(Inspection.Report report) {
    report.problems().forEach(problem -> console.out().println(problem));
    console
        .out()
        .println(
            report.artifacts()
                + " artifacts checked, "
                + report.problems().size()
                + " problems, "
                + report.orphans()
                + " files without owner"
                + whatWasRemoved(report));
    return report.isClean() || report.mended() ? ExitCode.FINE : ExitCode.SCRIPT;
  }

  private String whatWasRemoved(Inspection.Report report) {
    if (!mend) {
      return "";
    }
    if (!report.mended()) {
      return "; not all of it could be removed";
    }
    return report.isClean() && report.orphans() + report.drafts() == 0
        ? "; nothing to remove"
        : "; removed, with " + report.drafts() + " abandoned drafts";
  }

  private Path archive() {
    if (words.size() != 2) {
      throw new UsageException("experiments " + words.getFirst() + " takes a FILE");
    }
    return Path.of(words.get(1));
  }

  private Path existingArchive() {
    Path file = archive();
    if (!Files.exists(file)) {
      throw new UsageException("experiments import: there is no file " + file);
    }
    return file;
  }

  private ExitCode exported(GraphSource source) throws IOException {
    Path file = archive();
    OutputPlaces.replacedFile("experiments export", file);
    if (OptionPlaces.isSpecial(file)) {
      throw new UsageException(
          "experiments export makes a file, but "
              + file
              + " is a device or pipe, or a file that is open already");
    }
    Path place = OutputPlaces.linked("experiments export", file);
    try (ArchiveWriter writer = new ArchiveWriter(place, OptionPlaces::replace)) {
      source.giveTo(writer);
      writer.finish();
    } catch (IOException e) {
      throw exportProblem(file, e);
    }
    console.out().println("written to " + file + ", " + Units.bytes(Files.size(file)));
    return ExitCode.FINE;
  }

  /** A lack of room comes without the name of the file. */
  private static IOException exportProblem(Path file, IOException e) {
    String reason = Failures.reason(e);
    if (ResourceException.isFullDisk(reason) || ResourceException.isTooLargeFile(reason)) {
      throw new ResourceException(
          file
              + " was not written (an earlier file of that name is unchanged): "
              + reason
              + "; free some space or write elsewhere",
          e);
    }
    return e;
  }

  private ExitCode imported(ArchiveReader archive, MergeTarget target) throws IOException {
    Merge merge = new Merge(target);
    archive.giveTo(merge);
    merge.finish();
    Merge.Summary summary = merge.summary();
    console
        .out()
        .println(
            summary.runs()
                + " runs, "
                + summary.values()
                + " values and "
                + summary.artifacts()
                + " artifacts added; "
                + summary.known()
                + " artifacts were there already");
    return ExitCode.FINE;
  }

  private long budgetBytes() {
    if (budget == null) {
      throw new UsageException("experiments gc needs --budget, as in --budget 5g");
    }
    return budget.equals("0") ? 0 : MemoryBudgets.parseSize(budget, "--budget");
  }

  /** The graph may take this part of the budget besides, as a divisor, and so much in any case. */
  private static final int GRAPH_SHARE = 10;

  private static final long LEAST_GRAPH_BYTES = 64L << 20;

  private ExitCode collect(ExperimentStore store) {
    long bytes = budgetBytes();
    String method = Choices.oneOf("--by", by, METHODS);
    int removed =
        method.equals("worth")
            ? store.evictDownTo(bytes)
            : new Materialisation(store)
                .keepBest(Method.valueOf(method.toUpperCase(Locale.ROOT).replace('-', '_')), bytes);
    long rows = store.trimGraph(Math.max(LEAST_GRAPH_BYTES, bytes / GRAPH_SHARE));
    if (rows > 0) {
      console.out().println(rows + " old rows of the graph removed");
    }
    return collected(removed, store.artifactBytes());
  }

  private ExitCode collect(RemoteExperiments remote) {
    if (!Choices.oneOf("--by", by, METHODS).equals("worth")) {
      throw new UsageException(
          "a server chooses by worth; the other methods look at the whole graph of a folder:"
              + " 'experiments export', then 'import' into one");
    }
    RemoteExperiments.Collected collected = remote.collect(budgetBytes());
    return collected(collected.removed(), collected.bytesLeft());
  }

  private ExitCode collected(long removed, long bytesLeft) {
    console.out().println(removed + " artifacts removed, " + Units.bytes(bytesLeft) + " are left");
    return ExitCode.FINE;
  }
}
