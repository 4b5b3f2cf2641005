package dev.reprise.engine;

import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.report.RunCounters;
import dev.reprise.engine.report.RunProgress;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.runtime.ExecutionContext;
import java.nio.file.Files;
import java.nio.file.Path;

/** One execution of a program: its functions, counters, working directory and how to stop it. */
final class Run {
  private final SessionServices session;
  private final Functions functions;
  private final RunJournal journal;
  private final RunCounters counters;
  private final long savedBefore;
  private final RunProgress progress;
  private final OpenRuns.Entry open;

  // Written by the main control thread at setwd, read by parfor workers that it starts later.
  private volatile Path workingDirectory;

  /** A run that keeps no journal. */
  Run(SessionServices session, OpenRuns.Entry open, Functions functions) {
    this(session, open, functions, new RunJournal(false, false));
  }

  /**
   * @param open stands for the run among those of the session
   */
  Run(SessionServices session, OpenRuns.Entry open, Functions functions, RunJournal journal) {
    this.open = open;
    this.journal = journal;
    this.session = session;
    this.functions = functions;
    this.counters = new RunCounters(session.opcodes().size(), session.timeline());
    this.progress = new RunProgress(session.config().progress());
    this.savedBefore = session.cache() == null ? 0 : session.cache().statistics().savedNanos();
    this.workingDirectory = session.config().workingDirectory();
  }

  SessionServices session() {
    return session;
  }

  Functions functions() {
    return functions;
  }

  /** What the run takes from the world and leaves there. */
  RunJournal journal() {
    return journal;
  }

  RunCounters counters() {
    return counters;
  }

  RunProgress progress() {
    return progress;
  }

  /** Time that the session's cache had saved before this run. */
  long savedBefore() {
    return savedBefore;
  }

  /** Stands for the run among those of the session. */
  OpenRuns.Entry open() {
    return open;
  }

  Cancellation cancellation() {
    return open.cancellation();
  }

  Path workingDirectory() {
    return workingDirectory;
  }

  void changeDirectory(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new dev.reprise.runtime.OperandException("'setwd': there is no folder " + folder);
    }
    workingDirectory = folder;
  }

  /** The context of the main control thread, which calls this. */
  ControlContext mainContext(ThreadSeeds seeds, Appendable out) {
    ControlContext context =
        ControlContext.ofMain(
            this,
            new ExecutionContext(session.memory(), session.config().threads()),
            seeds,
            new ControlContext.Outlets(out, session.metrics().sink()));
    context.begin();
    return context;
  }
}
