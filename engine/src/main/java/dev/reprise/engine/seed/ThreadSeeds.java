package dev.reprise.engine.seed;

import java.util.SplittableRandom;

/**
 * What one control thread draws from, and where it is in its loops. Owned by that thread.
 *
 * @param source of the seeds
 * @param trail of the loops
 */
public record ThreadSeeds(SeedSource source, SeedTrail trail) {

  /** Those of a thread that begins outside of loops. */
  public static ThreadSeeds of(long base) {
    return new ThreadSeeds(new SeedSource(base), new SeedTrail());
  }

  /**
   * What a run without a seed of its own begins with: another in each, also of processes that begin
   * at the same time. {@link java.security.SecureRandom} takes 5 ms of a process's start.
   */
  public static long newBase() {
    // By the clocks, the process and where the system put an object of it.
    long process = ProcessHandle.current().pid() << 32 | System.identityHashCode(new Object());
    return new SplittableRandom().nextLong() ^ new SplittableRandom(process).nextLong();
  }
}
