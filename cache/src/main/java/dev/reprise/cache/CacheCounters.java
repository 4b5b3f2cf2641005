package dev.reprise.cache;

import dev.reprise.cache.CacheEvents.Eviction;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a {@link LineageCache} counts; each adder is written by any thread without contention. */
final class CacheCounters {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder waits = new LongAdder();
  final LongAdder admissions = new LongAdder();
  final LongAdder rejections = new LongAdder();
  final LongAdder spills = new LongAdder();
  final LongAdder restores = new LongAdder();
  private final LongAdder[] evictions = new LongAdder[Eviction.values().length];
  final LongAdder evictionNanos = new LongAdder();
  final LongAdder takeovers = new LongAdder();
  final LongAdder abandonments = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder savedNanos = new LongAdder();

  CacheCounters() {
    Arrays.setAll(evictions, i -> new LongAdder());
  }

  void evicted(Eviction reason) {
    evictions[reason.ordinal()].increment();
  }

  private Map<Eviction, Long> evictions() {
    Map<Eviction, Long> byReason = new EnumMap<>(Eviction.class);
    for (Eviction reason : Eviction.values()) {
      byReason.put(reason, evictions[reason.ordinal()].sum());
    }
    return byReason;
  }

  CacheStatistics snapshot(VictimQueue victims) {
    return new CacheStatistics(
        victims.residents(),
        victims.residentBytes(),
        victims.diskEntries(),
        victims.diskBytes(),
        hits.sum(),
        misses.sum(),
        waits.sum(),
        admissions.sum(),
        rejections.sum(),
        evictions(),
        evictionNanos.sum(),
        spills.sum(),
        restores.sum(),
        takeovers.sum(),
        abandonments.sum(),
        failures.sum(),
        victims.groups(),
        victims.brokenGroups(),
        savedNanos.sum());
  }
}
