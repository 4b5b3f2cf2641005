package dev.reprise.engine;

/** Sums the counters of a run's control threads and pool tasks. Thread-safe. */
final class RunCounters implements Tally {
  private final Counters sum;

  RunCounters(int opcodes) {
    sum = new Counters(opcodes);
  }

  synchronized void merge(Counters finished) {
    sum.add(finished);
  }

  @Override
  public synchronized void executed(int opcode, long nanos) {
    sum.executed(opcode, nanos);
  }

  @Override
  public synchronized void partialHit(int rewrite, long savedNanos) {
    sum.partialHit(rewrite, savedNanos);
  }

  synchronized Counters snapshot() {
    Counters copy = new Counters(sum.executed.length);
    copy.add(sum);
    return copy;
  }
}
