package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Claims of what is being computed, between processes. Who waits for another process polls, as if
 * he were computing; the operating system gives back the claims of a process that dies.
 * Thread-safe.
 */
final class OtherProcesses {
  /** Work from which on other processes wait instead of computing the same. */
  static final double WORTH_WAITING_NANOS = 20_000_000;

  private static final double PATIENCE = 20;
  private static final double LEAST_PATIENCE_NANOS = 10e9;
  private static final long FIRST_PAUSE_NANOS = 500_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;

  private final Function<Key, StoreClaim> claims;
  private final UseCounts counts;

  /**
   * @param claims gives null when another process has the claim; throws {@link StoreException} when
   *     it cannot tell
   */
  OtherProcesses(Function<Key, StoreClaim> claims, UseCounts counts) {
    this.claims = claims;
    this.counts = counts;
  }

  /**
   * The claim; null when another process has it.
   *
   * @throws StoreException when there are no locks, or a server does not answer: then everybody
   *     computes for himself
   */
  StoreClaim tryClaim(Key key) {
    return claims.apply(key);
  }

  /**
   * The claim when the process that has it ends it; null when nobody can tell any more, or after a
   * multiple of what computing is estimated to take, since a process may have been stopped.
   *
   * @param work estimated nanoseconds
   * @param wanted false when nobody waits for the value any more
   */
  StoreClaim waitFor(Key key, double work, BooleanSupplier wanted) {
    counts.waits.increment();
    long start = System.nanoTime();
    double most = Math.max(LEAST_PATIENCE_NANOS, PATIENCE * work);
    long pause = FIRST_PAUSE_NANOS;
    while (wanted.getAsBoolean()
        && !Thread.currentThread().isInterrupted()
        && System.nanoTime() - start < most) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      try {
        StoreClaim claim = tryClaim(key);
        if (claim != null) {
          return claim;
        }
      } catch (StoreException e) {
        if (!e.isPassing()) {
          return null;
        }
      }
    }
    return null;
  }
}
