package dev.reprise.testkit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls of one kind to a {@link FakeAccelerator}: counted from 1, with orders for one of them.
 * Thread-safe.
 */
final class OrderedCalls {
  private static final long NEVER = -1;

  private final AtomicLong count = new AtomicLong();
  private volatile long failing = NEVER;
  private volatile long losing = NEVER;

  /** The nth call fails. */
  void failAt(long number) {
    failing = number;
  }

  /** At the nth call the device disappears. */
  void loseAt(long number) {
    losing = number;
  }

  /** Counts a call and returns its number. */
  long next() {
    return count.incrementAndGet();
  }

  boolean failsAt(long number) {
    return number == failing;
  }

  boolean losesAt(long number) {
    return number == losing;
  }

  /** Calls so far. */
  long count() {
    return count.get();
  }
}
