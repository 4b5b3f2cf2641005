package dev.reprise.engine.thread;

/**
 * The workers of a parfor that have ended since memory was short, and when one of them may begin
 * again: after so many iterations as have ended well since, twice as many each time that another
 * one gives up. So a loop whose iterations never fit side by side tries it in vain a number of
 * times that grows with the logarithm of its iterations, and one that was short once has all of its
 * workers back soon. Thread-safe.
 */
public final class RestingWorkers {
  /** Half of the iterations before the first one begins again, chosen by feeling. */
  private static final long FIRST_PATIENCE = 2;

  private static final long LONGEST_PATIENCE = 1L << 40;

  // Written under the lock, read without it by those who end an iteration: all but a few loops have
  // none, and who comes too early counts the next iteration.
  private volatile int resting;

  private long patience = FIRST_PATIENCE; // guarded by this
  private long ended; // guarded by this

  /** A worker has given up an iteration and ends. */
  public synchronized void gaveUp() {
    resting++;
    patience = Math.min(LONGEST_PATIENCE, 2 * patience);
    ended = 0;
  }

  /** Counts an iteration that has ended well; true when a worker may begin again now. */
  public boolean mayReturn() {
    return resting > 0 && counted();
  }

  private synchronized boolean counted() {
    if (resting == 0 || ++ended < patience) {
      return false;
    }
    ended = 0;
    resting--;
    return true;
  }
}
