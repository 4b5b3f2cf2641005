package dev.reprise.engine;

/** Where an execution is counted: a control thread's counters, or those that pool tasks share. */
interface Tally {
  /** A kernel ran. */
  void executed(int opcode, long nanos);

  /** A value was put together from parts by a rewrite. */
  void partialHit(int rewrite, long savedNanos);
}
