package dev.reprise.engine.stored;

import java.util.concurrent.atomic.LongAdder;

/** What {@link dev.reprise.StoreUse} tells, as it is counted. Thread-safe. */
public final class UseCounts {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder programs = new LongAdder();
  final LongAdder regions = new LongAdder();
  final LongAdder savedNanos = new LongAdder();
  final LongAdder loadedBytes = new LongAdder();
  final LongAdder waits = new LongAdder();
  final LongAdder damaged = new LongAdder();
  final LongAdder deferred = new LongAdder();
  final LongAdder computed = new LongAdder();
  final LongAdder putOff = new LongAdder();
  final LongAdder putOffExecuted = new LongAdder();
  final LongAdder byContent = new LongAdder();

  UseCounts() {}

  /** True once anything was found. */
  public boolean hasFound() {
    return hits.sum() + regions.sum() > 0;
  }

  /** Counts a value that was found and is not loaded yet. */
  public void deferred() {
    hits.increment();
    deferred.increment();
  }

  /** Counts a deferred value that was computed after all. */
  public void computedAfterAll() {
    computed.increment();
  }

  /**
   * Counts an operation that was put off, since it reads a deferred value or was executed before.
   */
  public void putOff() {
    putOff.increment();
  }

  /** Counts an operation that was put off and is executed after all. */
  public void putOffExecuted() {
    putOffExecuted.increment();
  }
}
