package dev.reprise.engine.control;

import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.region.Callee;
import dev.reprise.engine.report.RunCounters;
import dev.reprise.engine.report.RunProgress;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** One execution of a program: its counters, working directory and how to stop it. */
public final class Run {
  private final Resources resources;
  private final LineageBudget lineage;
  private final Function<String, ? extends Callee> callees;
  private final RunJournal journal;
  private final RunCounters counters;
  private final long savedBefore;
  private final RunProgress progress;
  private final OpenRuns.Entry open;

  // Written by the main control thread at setwd, read by parfor workers that it starts later.
  private volatile Path workingDirectory;

  /**
   * A run that begins now.
   *
   * @param lineage what traces may take
   * @param open stands for the run among those of the session
   * @param callees finds a function of the program by its name, or null
   */
  public Run(
      Resources resources,
      LineageBudget lineage,
      OpenRuns.Entry open,
      Function<String, ? extends Callee> callees,
      RunJournal journal) {
    this.open = open;
    this.journal = journal;
    this.resources = resources;
    this.lineage = lineage;
    this.callees = callees;
    this.counters = new RunCounters(resources.opcodes().size(), resources.timeline());
    this.progress = new RunProgress(resources.config().progress());
    this.savedBefore = resources.cache() == null ? 0 : resources.cache().statistics().savedNanos();
    this.workingDirectory = resources.config().workingDirectory();
  }

  public Resources resources() {
    return resources;
  }

  /** What the traces of variables may take. */
  public LineageBudget lineage() {
    return lineage;
  }

  /** Finds a function of the program by its name, or null. */
  public Function<String, ? extends Callee> callees() {
    return callees;
  }

  /** What the run takes from the world and leaves there. */
  public RunJournal journal() {
    return journal;
  }

  public RunCounters counters() {
    return counters;
  }

  public RunProgress progress() {
    return progress;
  }

  /** Time that the session's cache had saved before this run. */
  public long savedBefore() {
    return savedBefore;
  }

  /** Stands for the run among those of the session. */
  public OpenRuns.Entry open() {
    return open;
  }

  Cancellation cancellation() {
    return open.cancellation();
  }

  public Path workingDirectory() {
    return workingDirectory;
  }

  public void changeDirectory(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new OperandException("'setwd': there is no folder " + folder);
    }
    workingDirectory = folder;
  }

  /** The context of the main control thread, which calls this. */
  public ControlContext mainContext(ThreadSeeds seeds, Appendable out) {
    ControlContext context =
        ControlContext.ofMain(
            this,
            new ExecutionContext(resources.memory(), resources.config().threads()),
            seeds,
            new ControlContext.Outlets(out, resources.metrics().sink()));
    context.begin();
    return context;
  }
}
