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
import java.nio.file.StandardOpenOption;
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

  private RunRecall(SessionServices services, Key key, RecordedSources sources) {
    this.services = services;
    this.key = key;
    this.sources = sources;
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
    return new RunRecall(services, key(config, source, options), new RecordedSources(files));
  }

  private static Key key(SessionConfig config, SourceFile source, CompileOptions options) {
    StringBuilder text = new StringBuilder("run");
    add(source.name(), text);
    add(source.text(), text);
    add(config.reuse().name(), text);
    add(config.numerics().name(), text);
    add(config.precision().name(), text);
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
    RecalledRun run = journal.finished(warnings, sources.found(), nanos);
    if (run != null) {
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
    Path folder = services.config().workingDirectory();
    try {
      for (Map.Entry<String, byte[]> file : run.files().entrySet()) {
        write(DataFiles.resolve(file.getKey(), folder), file.getValue());
      }
    } catch (IOException e) {
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

  private static void write(Path target, byte[] content) throws IOException {
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    // Not a temporary file of the JDK, which only its owner could read after the rename.
    Path draft =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".recalled.tmp");
    try {
      Files.write(draft, content, StandardOpenOption.CREATE_NEW);
      Files.move(
          draft, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
