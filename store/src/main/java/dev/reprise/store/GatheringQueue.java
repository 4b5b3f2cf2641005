package dev.reprise.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue whose reader is woken seldom: what comes is gathered for a while, since waking a thread
 * takes longer than most of what is queued here, and many changes together cost less than one by
 * one.
 *
 * <pre>
 *   empty --add--> gathering --time is up, hurry, so many things, close--> taken, empty again
 * </pre>
 *
 * <p>Any number of threads add, one takes. Who adds never waits for who takes.
 */
final class GatheringQueue<T> {
  private final long gatherNanos;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition comes = lock.newCondition();

  // All guarded by the lock.
  private final ArrayDeque<T> things = new ArrayDeque<>();
  private boolean hurried;
  private boolean closed;

  /**
   * @param gatherNanos how long the first thing waits for others
   * @param most that are taken at once; as many do not wait
   */
  GatheringQueue(long gatherNanos, int most) {
    this.gatherNanos = gatherNanos;
    this.most = most;
  }

  /** Adds a thing; false when the queue is closed, and nothing was added. */
  boolean add(T thing) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      things.add(thing);
      if (things.size() == 1 || things.size() == most) {
        comes.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets nothing that is there now wait for others. */
  void hurry() {
    lock.lock();
    try {
      if (!hurried && !things.isEmpty()) {
        hurried = true;
        comes.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, for so long at most, until there are so many things that they should be taken, somebody
   * hurries, or the queue is closed.
   *
   * @return false when nothing of that has come
   */
  boolean awaitPressing(long nanos, int many) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !isPressing(many)) {
        left = comes.awaitNanos(left);
      }
      return isPressing(many);
    } finally {
      lock.unlock();
    }
  }

  private boolean isPressing(int many) {
    return hurried || closed || things.size() >= many;
  }

  /** Puts things that were taken before those that are there. */
  void putBack(List<T> taken) {
    lock.lock();
    try {
      for (T thing : taken.reversed()) {
        things.addFirst(thing);
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more, and lets nothing wait. */
  void close() {
    lock.lock();
    try {
      closed = true;
      comes.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for things and takes them.
   *
   * @return false when these are the last
   */
  boolean take(List<T> into) throws InterruptedException {
    lock.lock();
    try {
      while (things.isEmpty() && !closed) {
        comes.await();
      }
      long left = gatherNanos;
      while (left > 0 && !hurried && !closed && things.size() < most) {
        left = comes.awaitNanos(left);
      }
      while (!things.isEmpty() && into.size() < most) {
        into.add(things.remove());
      }
      hurried = hurried && !things.isEmpty();
      return !closed || !things.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
