package dev.reprise.memory;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where threads wait for the move of a matrix to end.
 *
 * <p>A waiter announces itself before it looks, and a mover ends its move before it looks for
 * waiters: one of them sees the other. Only waiting needs the lock; a move that nobody waits for
 * costs one read.
 */
final class Moves {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  // Publishes to movers that somebody waits; changed under the lock.
  private volatile int waiters;

  void ended() {
    if (waiters > 0) {
      lock.lock();
      try {
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until the condition holds; what makes it true calls {@link #ended} afterwards. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void await(BooleanSupplier condition) {
    lock.lock();
    try {
      waiters++;
      while (!condition.getAsBoolean()) {
        ended.awaitUninterruptibly();
      }
    } finally {
      waiters--;
      lock.unlock();
    }
  }
}
