package dev.reprise.engine;

/**
 * What one control thread did, by opcode. Plain arrays written by their owner, except that pool
 * tasks report through {@link RunCounters}.
 */
final class Counters {
  final long[] executed;
  final long[] nanos;
  final long[] hits;
  final long[] misses;
  final long[] waits;
  long savedNanos;

  Counters(int opcodes) {
    executed = new long[opcodes];
    nanos = new long[opcodes];
    hits = new long[opcodes];
    misses = new long[opcodes];
    waits = new long[opcodes];
  }

  void add(Counters other) {
    for (int i = 0; i < executed.length; i++) {
      executed[i] += other.executed[i];
      nanos[i] += other.nanos[i];
      hits[i] += other.hits[i];
      misses[i] += other.misses[i];
      waits[i] += other.waits[i];
    }
    savedNanos += other.savedNanos;
  }
}
