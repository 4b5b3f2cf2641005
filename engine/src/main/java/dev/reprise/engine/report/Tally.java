package dev.reprise.engine.report;

import dev.reprise.runtime.operation.Operation;

/** Where an execution is counted: a control thread's counters, or those that pool tasks share. */
public interface Tally {
  /**
   * A kernel ran.
   *
   * @param start when it began, by {@link System#nanoTime}
   */
  void executed(int opcode, Operation operation, long start, long nanos);

  /** A kernel has ended that no thread waited for, and took so long from its submission on. */
  void executedElsewhere(int opcode, Operation operation, long nanos);

  /** A loop ran that computes several operations; {@code root} is the last of them. */
  void executedFused(int opcode, Operation root, long start, long nanos);

  /** A probe was answered with a value. */
  void hit(int opcode, Operation operation);

  /** A value was put together from parts by a rewrite. */
  void partialHit(int rewrite, long savedNanos);
}
