package dev.reprise.engine;

/** Sums the counters of a run's control threads and pool tasks. Thread-safe. */
final class RunCounters {
  private final Counters sum;

  RunCounters(int opcodes) {
    sum = new Counters(opcodes);
  }

  synchronized void merge(Counters finished) {
    sum.add(finished);
  }

  synchronized void executed(int opcode, long nanos) {
    sum.executed[opcode]++;
    sum.nanos[opcode] += nanos;
  }

  synchronized Counters snapshot() {
    Counters copy = new Counters(sum.executed.length);
    copy.add(sum);
    return copy;
  }
}
