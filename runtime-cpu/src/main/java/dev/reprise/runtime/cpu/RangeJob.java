package dev.reprise.runtime.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One call of {@link Parallel#forRange} while it runs, shared by the caller and the helping
 * workers.
 *
 * <p>Chunks are claimed in ascending order from {@code next}. {@code helpers} counts the workers
 * inside; the caller closes the job by setting its sign bit once no chunk is left to claim, so a
 * worker that comes late turns away, and then waits for the count to reach zero. A worker decreases
 * the count as its last act and wakes the caller, which may have fallen asleep, when it was the
 * last one.
 */
final class RangeJob implements Runnable {
  private static final int CLOSED = Integer.MIN_VALUE;

  /** Looks at the count between two looks at the clock. */
  private static final int LOOKS = 32;

  /** How long a caller stays awake for its helpers: about what waking it would take. */
  private static final long AWAKE_NANOS = 50_000;

  private final long n;
  private final long chunk;
  private final Parallel.RangeBody body;
  private final Thread caller = Thread.currentThread();
  private final AtomicLong next = new AtomicLong();
  // Publishes the helpers' writes to the caller: decreased after the last chunk of a helper.
  private final AtomicInteger helpers = new AtomicInteger();
  // Both guarded by this.
  private Throwable failure;
  private long failedAt = Long.MAX_VALUE;

  RangeJob(long n, long chunk, Parallel.RangeBody body) {
    this.n = n;
    this.chunk = chunk;
    this.body = body;
  }

  /** A worker's part. */
  @Override
  public void run() {
    if (!enter()) {
      return;
    }
    try {
      runChunks();
    } finally {
      if (helpers.decrementAndGet() == CLOSED) {
        LockSupport.unpark(caller);
      }
    }
  }

  /** The caller's part; returns when no chunk runs any more. */
  void runAndAwait() {
    runChunks();
    awaitHelpers();
    synchronized (this) {
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw new IllegalStateException(failure);
      }
    }
  }

  private boolean enter() {
    int inside = helpers.get();
    while (inside >= 0) {
      if (helpers.compareAndSet(inside, inside + 1)) {
        return true;
      }
      inside = helpers.get();
    }
    return false;
  }

  private void runChunks() {
    for (long from = claim(); from < n; from = claim()) {
      try {
        body.run(from, Math.min(n, from + chunk));
      } catch (Throwable e) {
        fail(from, e);
      }
    }
  }

  /** The start of a chunk that nobody has yet, or n. */
  private long claim() {
    long from = next.get();
    while (from < n && !next.compareAndSet(from, Math.min(n, from + chunk))) {
      from = next.get();
    }
    return from;
  }

  /** Stops further claims. Chunks below are all claimed, so the lowest failure is always seen. */
  private synchronized void fail(long from, Throwable e) {
    next.set(n);
    if (from < failedAt) {
      failedAt = from;
      failure = e;
    }
  }

  private void awaitHelpers() {
    int inside = helpers.get();
    while (!helpers.compareAndSet(inside, inside | CLOSED)) {
      inside = helpers.get();
    }
    if (!areHelpersSoonOut()) {
      sleepUntilHelpersAreOut();
    }
  }

  /**
   * Stays awake for a moment, since chunks begin at about the same time and are of one size. No
   * longer: a helper without a processor gets this one only when this thread sleeps.
   */
  private boolean areHelpersSoonOut() {
    if (helpers.get() == CLOSED) {
      return true;
    }
    long start = System.nanoTime();
    do {
      for (int look = 0; look < LOOKS; look++) {
        if (helpers.get() == CLOSED) {
          return true;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - start < AWAKE_NANOS);
    return false;
  }

  private void sleepUntilHelpersAreOut() {
    boolean interrupted = false;
    while (helpers.get() != CLOSED) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      caller.interrupt();
    }
  }
}
