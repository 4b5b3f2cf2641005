package dev.reprise.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The room that a {@link RunLog} has for what is not written yet, and what became of all that asked
 * for some. Thread-safe.
 */
final class QueuedBytes {
  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final LongAdder kept = new LongAdder();
  private final LongAdder keptBytes = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder unpaid = new LongAdder();

  /**
   * @param most bytes that what waits to be written may take
   */
  QueuedBytes(long most) {
    this.most = most;
  }

  /** Takes room in any case; false when that is more than there is. */
  boolean take(long bytes) {
    return taken.addAndGet(bytes) <= most;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  boolean hasRoomFor(long bytes) {
    return taken.get() + bytes <= most;
  }

  boolean isHalfFull() {
    return taken.get() > most / 2;
  }

  /** Bytes that are not written yet. */
  long pending() {
    return taken.get();
  }

  void countKept(long bytes) {
    kept.increment();
    keptBytes.add(bytes);
  }

  void countDropped(int changes) {
    dropped.add(changes);
  }

  void countUnpaid() {
    unpaid.increment();
  }

  long kept() {
    return kept.sum();
  }

  long keptBytes() {
    return keptBytes.sum();
  }

  long dropped() {
    return dropped.sum();
  }

  long unpaid() {
    return unpaid.sum();
  }
}
