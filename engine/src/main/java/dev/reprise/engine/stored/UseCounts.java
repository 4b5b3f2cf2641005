package dev.reprise.engine.stored;

import java.util.concurrent.atomic.LongAdder;

/** What {@link dev.reprise.StoreUse} tells, as it is counted. Thread-safe. */
final class UseCounts {
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

  /** True once anything was found. */
  boolean hasFound() {
    return hits.sum() + regions.sum() > 0;
  }
}
