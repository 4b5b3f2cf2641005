package dev.reprise.scheduler;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts tasks that were taken over and have not ended, and lets who closes wait for the last of
 * them.
 *
 * <pre>
 *   OPEN(n) --close--> CLOSING(n) --n is 0--> ENDED
 *    enter, leave       enter, leave           enter answers no
 * </pre>
 *
 * <p>While it is closing tasks may still enter, to be told that they are cancelled. Thread-safe.
 */
final class OpenTasks {
  private static final int ENDED = Integer.MIN_VALUE;

  // Its fall to zero while closing lets the closing thread go on, who makes it ENDED: from then on
  // it is negative.
  private final AtomicInteger unfinished = new AtomicInteger();

  // Publishes that tasks which start from now on are cancelled.
  private volatile boolean closing;

  /** Counts a task; false after the end. */
  boolean enter() {
    return unfinished.getAndUpdate(tasks -> tasks == ENDED ? ENDED : tasks + 1) != ENDED;
  }

  /** A task that entered has ended. */
  void leave() {
    if (unfinished.decrementAndGet() == 0 && closing) {
      synchronized (unfinished) {
        unfinished.notifyAll();
      }
    }
  }

  /** Tasks that entered and have not left. */
  int count() {
    return Math.max(unfinished.get(), 0);
  }

  boolean isClosing() {
    return closing;
  }

  /** Waits until all have left, whatever interrupts the thread; nobody enters afterwards. */
  void close() {
    closing = true;
    boolean interrupted = false;
    synchronized (unfinished) {
      while (!unfinished.compareAndSet(0, ENDED) && unfinished.get() != ENDED) {
        try {
          unfinished.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
