package dev.reprise.memory;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The room on the disk that values may take: which parts of the file for copies are taken, and how
 * many bytes are reserved for files beside it, under a limit that a disk which refuses a write
 * makes smaller. Thread-safe; the lock is held for the choice of a place only.
 */
final class DiskSpace {
  /** Without a budget so much of the free space is taken, as a divisor. */
  private static final long FREE_SPACE_SHARE = 2;

  /** More than any disk has; far from where sums of sizes overflow. */
  private static final long MOST_BYTES = 1L << 60;

  private final long budgetBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Extents extents = new Extents(); // guarded by lock
  private long capacityBytes; // guarded by lock; negative until the free space is known
  private long peakBytes; // guarded by lock
  private long reservedBytes; // guarded by lock
  private long idleBytes; // guarded by lock; of the reserved ones

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
    return bytes <= MOST_BYTES && (budgetBytes < 0 || Extents.roundUp(bytes) <= budgetBytes);
  }

  /** Whether there is room for so many bytes at this moment. */
  boolean hasRoomFor(long bytes) {
    lock.lock();
    try {
      return capacityBytes < 0 || Extents.roundUp(bytes) <= capacityBytes - used();
    } finally {
      lock.unlock();
    }
  }

  /** Position of a part that is free; negative when there is no room. */
  long take(long bytes) {
    lock.lock();
    try {
      long position = extents.take(bytes, capacityBytes - reservedBytes);
      peakBytes = Math.max(peakBytes, used());
      return position;
    } finally {
      lock.unlock();
    }
  }

  /** By the holder of the lock: what nobody uses is none of it. */
  private long used() {
    return extents.used() + reservedBytes - idleBytes;
  }

  /**
   * Reserves so many bytes beside the file; false when there is no room. Holes of the file count as
   * free, though the disk has them back at the end only: else no large file would fit beside them.
   */
  boolean reserve(long bytes) {
    lock.lock();
    try {
      boolean fits = bytes <= capacityBytes - extents.used() - reservedBytes;
      reservedBytes += fits ? bytes : 0;
      peakBytes = Math.max(peakBytes, used());
      return fits;
    } finally {
      lock.unlock();
    }
  }

  void giveBackReserved(long bytes) {
    lock.lock();
    try {
      reservedBytes -= bytes;
    } finally {
      lock.unlock();
    }
  }

  /** So many reserved bytes more are not in use. */
  void idle(long bytes) {
    lock.lock();
    try {
      idleBytes += bytes;
      peakBytes = Math.max(peakBytes, used());
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
      capacityBytes = extents.used() + reservedBytes;
    } finally {
      lock.unlock();
    }
  }

  Use use() {
    lock.lock();
    try {
      return new Use(used(), peakBytes, Math.max(capacityBytes, 0));
    } finally {
      lock.unlock();
    }
  }
}
