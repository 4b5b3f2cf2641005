package dev.reprise.memory;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The room on the disk that values may take: which parts of the file are taken, under a limit that
 * a disk which refuses a write makes smaller. Thread-safe; the lock is held for the choice of a
 * place only.
 */
final class DiskSpace {
  /** Without a budget so much of the free space is taken, as a divisor. */
  private static final long FREE_SPACE_SHARE = 2;

  private final long budgetBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Extents extents = new Extents(); // guarded by lock
  private long capacityBytes; // guarded by lock; negative until the free space is known
  private long peakBytes; // guarded by lock

  /**
   * How much is taken.
   *
   * @param budgetBytes the limit; 0 as long as it is not known
   */
  record Use(long bytes, long peakBytes, long budgetBytes) {}

  /**
   * @param budgetBytes most bytes; negative for half of what is free when the disk is opened
   */
  DiskSpace(long budgetBytes) {
    this.budgetBytes = budgetBytes;
    this.capacityBytes = budgetBytes;
  }

  /** Hears how much the disk could take, when it is opened. */
  void opened(long usableBytes) {
    lock.lock();
    try {
      capacityBytes = budgetBytes < 0 ? usableBytes / FREE_SPACE_SHARE : budgetBytes;
    } finally {
      lock.unlock();
    }
  }

  /** False when so many bytes are more than the limit. */
  boolean mayTake(long bytes) {
    return budgetBytes < 0 || Extents.roundUp(bytes) <= budgetBytes;
  }

  /** Whether there is room for so many bytes at this moment. */
  boolean hasRoomFor(long bytes) {
    lock.lock();
    try {
      return capacityBytes < 0 || Extents.roundUp(bytes) <= capacityBytes - extents.used();
    } finally {
      lock.unlock();
    }
  }

  /** Position of a part that is free; negative when there is no room. */
  long take(long bytes) {
    lock.lock();
    try {
      long position = extents.take(bytes, capacityBytes);
      peakBytes = Math.max(peakBytes, extents.used());
      return position;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(long position, long bytes) {
    lock.lock();
    try {
      extents.giveBack(position, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Gives a part back that the disk refused: it is full from now on, at what it holds. */
  void refused(long position, long bytes) {
    lock.lock();
    try {
      extents.giveBack(position, bytes);
      capacityBytes = extents.used();
    } finally {
      lock.unlock();
    }
  }

  Use use() {
    lock.lock();
    try {
      return new Use(extents.used(), peakBytes, Math.max(capacityBytes, 0));
    } finally {
      lock.unlock();
    }
  }
}
