package dev.reprise.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the host's memory may be handed out, and how much is: the sum of used bytes and of
 * what {@link SmallBuffers} hold but have not spent. Never more than there is. Any thread, without
 * a lock.
 */
final class HostBudget {
  private final long bytes;
  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  // How many threads are short of memory; while there are any, nobody takes credit ahead.
  private final AtomicInteger inNeed = new AtomicInteger();

  /**
   * @throws IllegalArgumentException below 0
   */
  HostBudget(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative budget " + bytes);
    }
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  long granted() {
    return granted.get();
  }

  /** The most that was granted at once. */
  long peak() {
    return peak.get();
  }

  /** Takes bytes if there are as many at this moment. */
  boolean tryTake(long wanted) {
    while (true) {
      long before = granted.get();
      if (wanted > bytes - before) {
        return false;
      }
      if (granted.compareAndSet(before, before + wanted)) {
        raisePeak(before + wanted);
        return true;
      }
    }
  }

  /** How many bytes have to be given back before so many can be taken, at least 1. */
  long missing(long wanted) {
    return Math.max(granted.get() + wanted - bytes, 1);
  }

  /** Gives bytes back that were taken. */
  void giveBack(long taken) {
    granted.addAndGet(-taken);
  }

  private void raisePeak(long now) {
    long before = peak.get();
    while (now > before && !peak.compareAndSet(before, now)) {
      before = peak.get();
    }
  }

  /** A thread is short of memory from now on. */
  void beginNeed() {
    inNeed.incrementAndGet();
  }

  void endNeed() {
    inNeed.decrementAndGet();
  }

  /** True while a thread is short of memory: then nobody takes more than he needs. */
  boolean isInNeed() {
    return inNeed.get() > 0;
  }
}
