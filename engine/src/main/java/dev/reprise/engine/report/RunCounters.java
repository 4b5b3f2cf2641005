package dev.reprise.engine.report;

import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.engine.timeline.Track;
import dev.reprise.runtime.operation.Operation;

/** Sums the counters of a run's control threads and pool tasks. Thread-safe. */
public final class RunCounters implements Tally {
  private final Counters sum;

  /** Null when none is recorded; each thread has its own track there. */
  private final Timeline timeline;

  /**
   * @param opcodes how many an {@link OpcodeIndex} has
   * @param timeline of the session; null when none is recorded
   */
  public RunCounters(int opcodes, Timeline timeline) {
    this.sum = new Counters(opcodes);
    this.timeline = timeline;
  }

  /** Adds the counters of a control thread, which counts no more until this returns. */
  public synchronized void merge(Counters finished) {
    sum.add(finished);
  }

  @Override
  public void executed(int opcode, Operation operation, long start, long nanos) {
    synchronized (this) {
      sum.executed(opcode, operation, start, nanos);
    }
    if (timeline != null) {
      timeline.track().executed(operation, start, nanos);
    }
  }

  @Override
  public void executedElsewhere(int opcode, Operation operation, long nanos) {
    synchronized (this) {
      sum.executedElsewhere(opcode, operation, nanos);
    }
    if (timeline != null) {
      Track track = timeline.track();
      track.moment(EventKind.ENDED, track.label(operation), nanos);
    }
  }

  @Override
  public void executedFused(int opcode, Operation root, long start, long nanos) {
    synchronized (this) {
      sum.executedFused(opcode, root, start, nanos);
    }
    if (timeline != null) {
      timeline.track().executedFused(root, start, nanos);
    }
  }

  @Override
  public void hit(int opcode, Operation operation) {
    synchronized (this) {
      sum.hit(opcode, operation);
    }
    if (timeline != null) {
      Track track = timeline.track();
      track.moment(EventKind.HIT, track.label(operation), 0);
    }
  }

  @Override
  public void partialHit(int rewrite, long savedNanos) {
    synchronized (this) {
      sum.partialHit(rewrite, savedNanos);
    }
    if (timeline != null) {
      Track track = timeline.track();
      track.moment(EventKind.PARTIAL_HIT, track.label(PartialReuse.names().get(rewrite), null), 0);
    }
  }

  /** A copy of what has been counted and merged so far. */
  public synchronized Counters snapshot() {
    Counters copy = new Counters(sum.executed.length);
    copy.add(sum);
    return copy;
  }
}
