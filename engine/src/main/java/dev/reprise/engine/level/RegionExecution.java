package dev.reprise.engine.level;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.lineage.RunScope;

/**
 * Executes regions: notes meanwhile what an execution depends on and which variables it leaves
 * alone, and hands what it left to the {@link RegionPublisher}, unless it cannot repeat or is not
 * worth that. Stateless; called by control threads, which execute what is in it.
 */
final class RegionExecution {
  private final RegionPublisher publisher;

  /** Null without an experiment store. */
  private final StoredValues stored;

  RegionExecution(RegionPublisher publisher, StoredValues stored) {
    this.publisher = publisher;
    this.stored = stored;
  }

  /** Where a thread stands when an execution begins. */
  private record Start(
      long work, long seeds, long submissions, RunScope.Since scope, long nanoTime) {

    static Start of(ControlContext context) {
      return new Start(
          context.work,
          context.seeds.count(),
          context.ahead.submissions(),
          context.scope.now(),
          System.nanoTime());
    }
  }

  /**
   * Executes what was asked for in vain.
   *
   * @param contents by which it is found the next time, too; null when it goes by its history alone
   */
  void run(Request request, InputContents.Asked contents) {
    ControlContext context = request.context();
    Region region = request.region();
    BlockMarks marks =
        region.level() == Region.Level.BLOCK ? new BlockMarks(request.activation(), region) : null;
    Start start = Start.of(context);
    Footprint footprint = execute(request, marks);
    long nanos = cost(System.nanoTime() - start.nanoTime);
    long work = context.work - start.work;
    region.learn(work);
    if (!region.isWorthKeeping(work)) {
      return;
    }
    region.learn(footprint.isRepeatable());
    if (footprint.isRepeatable()) {
      context.counters.levels(region.level()).miss();
      Composite facts =
          new Composite(
              new Composite.Part[region.outputs().length],
              Composite.calls(footprint.called()),
              work,
              context.seeds.count() - start.seeds,
              nanos);
      RegionPublisher.ByContents named =
          contents == null ? null : new RegionPublisher.ByContents(contents, start.scope);
      publisher.publish(
          new FinishedRegion(request, marks, facts),
          named,
          context.ahead.unfinishedSince(start.submissions));
    }
  }

  private static Footprint execute(Request request, BlockMarks marks) {
    ControlContext context = request.context();
    Footprint footprint = context.enter();
    request.activation().hold(request.inputs());
    try {
      Node.runAll(request.body(), context, request.activation());
      return footprint;
    } finally {
      request.activation().letGo();
      context.leave(footprint);
      if (marks != null) {
        marks.remove();
      }
    }
  }

  /** What an execution counts as that took so long. */
  private long cost(long nanos) {
    return stored == null ? nanos : stored.offers().cost(nanos);
  }
}
