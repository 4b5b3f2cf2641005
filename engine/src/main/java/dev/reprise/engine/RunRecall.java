package dev.reprise.engine;

import dev.reprise.CompileOptions;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.formats.DataFiles;
import dev.reprise.language.SourceFile;
import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whole runs that need not be executed again: the same script with the same arguments and options,
 * by the same build, whose files have not changed since, prints and writes the same.
 *
 * <pre>
 *   script, arguments, options --key--> what an earlier run took and left
 *       everything that it took is the same now? --yes--> print and write what it left
 *                                                --no---> compile and run
 * </pre>
 *
 * <p>A run is not kept when it looked at what is not noted (the clock, whether a file exists), drew
 * a seed that another run would draw differently, failed, or did something that cannot be had again
 * from its outcome ({@link RunJournal}). Stateless.
 */
final class RunRecall {
  private final SessionServices services;
  private final Key key;
  private final RecordedSources sources;
  private final String text;
  private final Collection<String> arguments;

  private RunRecall(
      SessionServices services,
      Key key,
      RecordedSources sources,
      String text,
      Collection<String> arguments) {
    this.services = services;
    this.key = key;
    this.sources = sources;
    this.text = text;
    this.arguments = arguments;
  }

  /** How a run of a script is recalled; null when it never is. */
  static RunRecall of(
      SessionServices services, SourceFile source, Path folder, CompileOptions options) {
    SessionConfig config = services.config();
    boolean possible =
        services.stored() != null
            && options.inputs().isEmpty()
            && options.outputs().isEmpty()
            && config.library().isEmpty()
            && config.traceFile() == null
            && config.metrics() == null
            && services.checks().verifier() == null
            && services.checks().estimate() == null;
    if (!possible) {
      return null;
    }
    LibraryResolver files =
        new LibraryResolver(List.of(folder, config.workingDirectory()), config.library());
    return new RunRecall(
        services,
        key(config, source, options),
        new RecordedSources(files),
        source.text(),
        options.arguments().values());
  }

  private static Key key(SessionConfig config, SourceFile source, CompileOptions options) {
    StringBuilder text = new StringBuilder("run");
    add(source.name(), text);
    add(source.text(), text);
    add(config.reuse().name(), text);
    add(config.numerics().name(), text);
    add(config.precision().name(), text);
    add(config.products().name(), text);
    add(config.seed().isPresent() ? "" + config.seed().getAsLong() : "drawn", text);
    add("" + options.optimized() + config.dedup() + config.fusion(), text);
    for (Map.Entry<String, String> argument : new TreeMap<>(options.arguments()).entrySet()) {
      add(argument.getKey(), text);
      add(argument.getValue(), text);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_16LE);
    return ContentHash.of(MemorySegment.ofArray(bytes));
  }

  private static void add(String part, StringBuilder text) {
    text.append(part.length()).append(':').append(part);
  }

  RecordedSources sources() {
    return sources;
  }

  /** Notes what a run that begins now takes and leaves. */
  RunJournal journal() {
    return new RunJournal(true, services.config().seed().isPresent());
  }

  /** Keeps a run that has ended well. */
  void keep(RunJournal journal, String warnings, long nanos) {
    // A trace that was cut for lack of memory is none that a run with more would leave.
    boolean isCut = services.lineage().use().cuts() > 0;
    RecalledRun run = isCut ? null : journal.finished(warnings, sources.found(), nanos);
    if (run != null && run.files().keySet().stream().allMatch(this::isNamed)) {
      services.stored().keepRegion(key, run::bytes, nanos);
    }
  }

  /** Does what an earlier run did, if it is known; else null. */
  RunStatistics recall(String name) {
    if (services.stored().isNew()) {
      return null;
    }
    long start = System.nanoTime();
    services.stored().begin(name, "");
    byte[] bytes = services.stored().region(key);
    RecalledRun run = bytes == null ? null : RecalledRun.of(bytes);
    if (run == null || !isSame(run)) {
      return null;
    }
    try {
      writeAll(targets(run));
    } catch (IOException | RuntimeException e) {
      // The run itself says better what is wrong.
      return null;
    }
    for (Map.Entry<String, Key> trace : run.traces().entrySet()) {
      byte[] text = run.files().get(trace.getKey() + RecalledRun.TRACE);
      if (text != null) {
        services
            .stored()
            .keepTrace(
                trace.getKey(), trace.getValue(), () -> new String(text, StandardCharsets.UTF_8));
      }
    }
    run.scores()
        .forEach((model, score) -> services.stored().score(model, score.model(), score.value()));
    services.config().err().print(run.warnings());
    services.config().out().print(run.printed());
    services.config().out().flush();
    long nanos = System.nanoTime() - start;
    services.stored().foundProgram(key, Math.max(0, run.nanos() - nanos));
    services.stored().ended("recalled");
    return StatisticsReport.of(new Run(services, null), nanos);
  }

  private boolean isSame(RecalledRun run) {
    Path folder = services.config().workingDirectory();
    return RecordedSources.areSame(run.sources(), sources)
        && run.reads().stream().allMatch(read -> services.files().isUnchanged(folder, read));
  }

  /**
   * Where the files of a run go, all looked at before one is written.
   *
   * @throws IOException when one is not for this to write
   */
  private Map<Path, byte[]> targets(RecalledRun run) throws IOException {
    Map<Path, byte[]> targets = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> file : run.files().entrySet()) {
      Path target = DataFiles.resolve(file.getKey(), services.config().workingDirectory());
      // What is written through, as pipes are, is for the run itself.
      if (!isNamed(file.getKey()) || DataFiles.isSpecial(target) || Files.isDirectory(target)) {
        throw new IOException("not to be written here: " + target);
      }
      targets.put(target, file.getValue());
    }
    return targets;
  }

  /**
   * True for a file that this very script names, or an argument does: whoever can put a record into
   * the store must not choose what a run of somebody else writes.
   */
  private boolean isNamed(String file) {
    String name = file;
    for (String suffix : List.of(RecalledRun.TRACE, ".mtd")) {
      if (name.endsWith(suffix)) {
        name = name.substring(0, name.length() - suffix.length());
        break;
      }
    }
    return arguments.contains(name)
        || text.contains('"' + name + '"')
        || text.contains("'" + name + "'");
  }

  private static void writeAll(Map<Path, byte[]> targets) throws IOException {
    for (Map.Entry<Path, byte[]> each : targets.entrySet()) {
      write(each.getKey(), each.getValue());
    }
  }

  private static void write(Path target, byte[] content) throws IOException {
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    // Not a temporary file of the JDK, which only its owner could read after the rename.
    Path draft =
        target.resolveSibling(
            "." + target.getFileName() + "." + TraceFile.uniqueName() + ".recalled.tmp");
    // Fails when it is another's, which must stay then.
    Files.createFile(draft);
    try {
      Files.write(draft, content);
      Files.move(
          draft, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
