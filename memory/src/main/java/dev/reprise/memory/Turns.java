package dev.reprise.memory;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets operations that lack memory because of each other run one at a time.
 *
 * <pre>{@code
 * try it --shortage--> give everything back --> take the turn --> wait until nobody has memory
 *                                                    ^            in hand --> try it again, alone
 *                                                    |                             |
 *                                                    +-- others have gone on <-----+ shortage
 * }</pre>
 *
 * <p>An operation that fits the budget by itself therefore succeeds when what others hold without
 * working on it can be moved to disk. What cannot be moved, since there is no disk or no room on
 * it, they give up as they go on: an operation that is short alone passes its turn on and tries
 * again, for as long as operations of others succeed meanwhile. What is too much for the budget all
 * the same takes the rest from the disk ({@link LastResort}).
 *
 * <p><b>No deadlock.</b> Nobody waits for memory while he has some in hand: a shortage ends the
 * attempt, which gives back its pins and buffers, and only then its thread waits. Who has memory in
 * hand runs, ends, or runs short himself. While somebody waits for his turn, new operations queue
 * behind him, so what is in hand becomes less. Who is short alone keeps nobody from a turn, and
 * gives up when nobody else gets anywhere.
 *
 * <p><b>In hand</b> are large buffers that no matrix has taken over yet, large matrices that are
 * pinned, and requests that are being served under pressure.
 */
final class Turns {
  /**
   * So often an operation must fail alone and undisturbed, with no success of others in between. A
   * disturbance may go unnoticed: values that another thread has chosen to leave the disk or memory
   * are nobody's until it lets go of them, and on a busy machine its turn on a processor may come a
   * while later.
   */
  private static final int FAILURES = 8;

  /** Before the third attempt; each further one is twice as long: 63 ms for all failures. */
  private static final long FIRST_PAUSE_NANOS = 1_000_000;

  /** The longest pause is {@code 2^5} of the first, while others go on. */
  private static final int MOST_DOUBLINGS = 5;

  /** So often it fails before it takes what is missing from the disk, if there is one. */
  private static final int TRIES_IN_MEMORY = 2;

  /** Null without a disk. */
  private final LastResort lastResort;

  private final AtomicLong inHand = new AtomicLong();
  private final Semaphore turn = new Semaphore(1, true);
  // How many wait for the turn or have it. Publishes to others that they must queue.
  private final AtomicInteger queued = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final AtomicLong retries = new AtomicLong();
  // Operations that had begun before somebody queued, and ended after.
  private final AtomicLong disturbances = new AtomicLong();
  // Operations that have succeeded while somebody queued.
  private final AtomicLong successes = new AtomicLong();

  /**
   * @param lastResort where operations run that are too much for the budget; or null
   */
  Turns(LastResort lastResort) {
    this.lastResort = lastResort;
  }

  /** Counts things in hand up or down. */
  void inHand(int change) {
    if (inHand.addAndGet(change) <= 0 && queued.get() > 0) {
      lock.lock();
      try {
        quiet.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** True while an operation runs alone, or waits for that. */
  boolean areTaken() {
    return queued.get() > 0;
  }

  /** Operations that had to be tried again. */
  long retries() {
    return retries.get();
  }

  /**
   * Runs an operation, again if memory is short. Must not be called while holding pins or buffers,
   * and an attempt that fails must leave none.
   *
   * @param waitsForOthers whether it is tried for as long as others go on: not where work of others
   *     queues behind this thread
   * @throws ShortageException when the operation alone is too much, and nobody else goes on
   */
  <T> T run(Supplier<T> operation, boolean waitsForOthers) {
    if (queued.get() == 0) {
      try {
        T result = operation.get();
        countSuccess();
        return result;
      } catch (ShortageException e) {
        if (!e.mayPass()) {
          throw e;
        }
      } finally {
        if (queued.get() > 0) {
          disturbances.incrementAndGet();
        }
      }
    }
    return runAlone(operation, waitsForOthers);
  }

  private void countSuccess() {
    if (queued.get() > 0) {
      successes.incrementAndGet();
    }
  }

  private <T> T runAlone(Supplier<T> operation, boolean waitsForOthers) {
    queued.incrementAndGet();
    try {
      long seen = successes.get();
      int failures = 0;
      for (int attempts = 1; ; attempts++) {
        turn.acquire();
        try {
          awaitQuiet();
          long before = disturbances.get();
          retries.incrementAndGet();
          try {
            boolean resorts = lastResort != null && waitsForOthers && failures >= TRIES_IN_MEMORY;
            T result = resorts ? lastResort.run(operation) : operation.get();
            countSuccess();
            return result;
          } catch (ShortageException e) {
            long now = successes.get();
            if (waitsForOthers && now != seen) {
              seen = now;
              failures = 0;
            }
            boolean disturbed = inHand.get() > 0 || disturbances.get() != before;
            if (!e.mayPass() || !disturbed && ++failures == FAILURES) {
              throw e;
            }
          }
        } finally {
          turn.release();
        }
        // Others have their turns now.
        if (attempts > 1) {
          LockSupport.parkNanos(FIRST_PAUSE_NANOS << Math.min(attempts - 2, MOST_DOUBLINGS));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      queued.decrementAndGet();
    }
  }

  private void awaitQuiet() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (inHand.get() > 0) {
        quiet.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
