package dev.reprise.scheduler;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts launches and those of them that have ended, for who waits for the end of all so far.
 * Written by the worker alone, read by any thread.
 */
final class LaunchCount {
  private final AtomicLong launched = new AtomicLong();

  // Guarded by this.
  private long settled;

  void launched() {
    launched.incrementAndGet();
  }

  /** One has ended, whatever became of it, and all are told who wait. */
  synchronized void settled() {
    settled++;
    notifyAll();
  }

  /** Launches so far. */
  long count() {
    return launched.get();
  }

  /** Waits until all that was launched so far has ended. */
  void awaitSettled() throws InterruptedException {
    long target = launched.get();
    synchronized (this) {
      while (settled < target) {
        wait();
      }
    }
  }
}
