package dev.reprise.cache;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link LineageCache} counts; each adder is written by any thread without contention. */
final class CacheCounters {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder waits = new LongAdder();
  final LongAdder admissions = new LongAdder();
  final LongAdder rejections = new LongAdder();
  final LongAdder evictions = new LongAdder();
  final LongAdder takeovers = new LongAdder();
  final LongAdder abandonments = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder savedNanos = new LongAdder();

  CacheStatistics snapshot(long entries, long bytes) {
    return new CacheStatistics(
        entries,
        bytes,
        hits.sum(),
        misses.sum(),
        waits.sum(),
        admissions.sum(),
        rejections.sum(),
        evictions.sum(),
        takeovers.sum(),
        abandonments.sum(),
        failures.sum(),
        savedNanos.sum());
  }
}
