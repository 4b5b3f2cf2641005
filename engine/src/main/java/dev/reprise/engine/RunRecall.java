package dev.reprise.engine;

import dev.reprise.CompileOptions;
import dev.reprise.RunStatistics;
import dev.reprise.engine.recall.QuickRecall;
import dev.reprise.engine.recall.RecalledRun;
import dev.reprise.engine.recall.RecordedSources;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.recall.RunRepetition;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.formats.DataFiles;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.lineage.Key;
import dev.reprise.store.Program;
import dev.reprise.store.ScoredModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
 * from its outcome ({@link RunJournal}). {@link QuickRecall} does the same without a session; this
 * one asks the graph of the store, too. Stateless.
 */
final class RunRecall {
  private final SessionServices services;
  private final RunRepetition repetition;

  private RunRecall(SessionServices services, RunRepetition repetition) {
    this.services = services;
    this.repetition = repetition;
  }

  /**
   * How a run of a script is recalled; null when it never is.
   *
   * @param files finds what the script sources
   */
  static RunRecall of(
      SessionServices services, SourceFile source, SourceResolver files, CompileOptions options) {
    RunRepetition repetition =
        services.stored() == null
            ? null
            : RunRepetition.of(services.config(), source, files, options);
    return repetition == null ? null : new RunRecall(services, repetition);
  }

  RecordedSources sources() {
    return repetition.sources();
  }

  /** Notes what a run that begins now takes and leaves. */
  RunJournal journal() {
    return new RunJournal(true, services.config().seed().isPresent());
  }

  /** Keeps a run that has ended well. */
  void keep(RunJournal journal, String warnings, long nanos) {
    // A trace that was cut for lack of memory is none that a run with more would leave.
    boolean isCut = services.lineage().use().cuts() > 0;
    RecalledRun run = isCut ? null : journal.finished(warnings, sources().found(), nanos);
    if (run != null && repetition.mayRepeat(run)) {
      services
          .stored()
          .programs()
          .keep(
              repetition.key(),
              () -> programOf(repetition.stamped(run, services.files().dataFiles())),
              nanos);
    }
  }

  private static Program programOf(RecalledRun run) {
    List<Program.LeftTrace> traces = new ArrayList<>();
    for (Map.Entry<String, Key> trace : run.traces().entrySet()) {
      byte[] text = run.files().get(trace.getKey() + RecalledRun.TRACE);
      if (text != null) {
        traces.add(
            new Program.LeftTrace(
                ScoredModel.fileTraceName(trace.getKey()),
                trace.getValue(),
                new String(text, StandardCharsets.UTF_8)));
      }
    }
    List<Program.LeftScore> scores = new ArrayList<>();
    run.scores()
        .forEach(
            (name, score) -> scores.add(new Program.LeftScore(name, score.model(), score.value())));
    return new Program(run.bytes(), traces, scores);
  }

  /** Does what an earlier run did, if it is known; else null. */
  RunStatistics recall(String name) {
    try (OpenRuns.Entry open = services.runs().begin("Session.recall")) {
      return recall(name, open);
    }
  }

  private RunStatistics recall(String name, OpenRuns.Entry open) {
    StoredValues stored = services.stored();
    if (stored.isNew()) {
      return null;
    }
    long start = System.nanoTime();
    stored.begin(name, repetition.parameters());
    byte[] bytes = stored.programs().find(repetition.key());
    RecalledRun run = bytes == null ? null : RecalledRun.of(bytes);
    DataFiles files = services.files().dataFiles();
    boolean repeated =
        run != null && repetition.isSame(run, files) && repetition.repeat(run, files);
    if (!repeated) {
      return null;
    }
    Program program = programOf(repetition.stamped(run, files));
    program
        .traces()
        .forEach(trace -> stored.offers().keepTrace(trace.name(), trace.key(), () -> trace.text()));
    program
        .scores()
        .forEach(score -> stored.offers().score(score.name(), score.model(), score.value()));
    // It may have come from another store, which has no copies beside its graph.
    stored.programs().copy(repetition.key(), () -> program);
    long nanos = System.nanoTime() - start;
    stored.programs().found(repetition.key(), Math.max(0, run.nanos() - nanos));
    stored.ended("recalled");
    return StatisticsReport.of(
        services, services.run(open, _ -> null, new RunJournal(false, false)), nanos);
  }
}
