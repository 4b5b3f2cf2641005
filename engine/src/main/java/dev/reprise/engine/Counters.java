package dev.reprise.engine;

import dev.reprise.cache.rewrite.PartialReuse;

/**
 * What one control thread did, by opcode. Plain arrays written by their owner, except that pool
 * tasks report through {@link RunCounters}.
 */
final class Counters implements Tally {
  final long[] executed;
  final long[] nanos;
  final long[] hits;
  final long[] misses;
  final long[] waits;

  /** By rewrite: values put together from parts, and estimated nanoseconds that this saved. */
  final long[] partialHits = new long[PartialReuse.names().size()];

  final long[] partialSavedNanos = new long[partialHits.length];
  long savedNanos;

  Counters(int opcodes) {
    executed = new long[opcodes];
    nanos = new long[opcodes];
    hits = new long[opcodes];
    misses = new long[opcodes];
    waits = new long[opcodes];
  }

  @Override
  public void executed(int opcode, long took) {
    executed[opcode]++;
    nanos[opcode] += took;
  }

  @Override
  public void partialHit(int rewrite, long saved) {
    partialHits[rewrite]++;
    partialSavedNanos[rewrite] += saved;
  }

  void add(Counters other) {
    for (int i = 0; i < executed.length; i++) {
      executed[i] += other.executed[i];
      nanos[i] += other.nanos[i];
      hits[i] += other.hits[i];
      misses[i] += other.misses[i];
      waits[i] += other.waits[i];
    }
    for (int i = 0; i < partialHits.length; i++) {
      partialHits[i] += other.partialHits[i];
      partialSavedNanos[i] += other.partialSavedNanos[i];
    }
    savedNanos += other.savedNanos;
  }
}
