package dev.reprise.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Buffers that lie on the disk: each is a file of its own that is mapped into memory, so that it
 * takes nothing of the budget of the host. A file that nobody uses any more is kept for the next
 * buffer of its size (at most 1/8 smaller) until the disk is short. Thread-safe.
 */
final class PagedBuffers {
  private final HostMemory memory;

  /** Null without a disk. */
  private final DiskTier disk;

  private final LargePool free = new LargePool();
  private final AtomicLong live = new AtomicLong();

  PagedBuffers(HostMemory memory, DiskTier disk) {
    this.memory = memory;
    this.disk = disk;
  }

  /** A buffer of so many bytes; null when the disk has no room for it. */
  HostBuffer tryAllocate(long bytes) {
    if (disk == null || !disk.mayTake(bytes)) {
      return null;
    }
    long size = Extents.roundUp(bytes);
    HostBuffer buffer = free.take(size);
    if (buffer == null) {
      NativeMemory.Region region = disk.takePages(size);
      if (region == null) {
        return null;
      }
      buffer = HostBuffer.paged(memory, region);
    } else {
      disk.pagesIdle(-buffer.capacity());
    }
    disk.paged(bytes);
    live.incrementAndGet();
    return buffer.handOut(0);
  }

  void release(HostBuffer buffer) {
    live.decrementAndGet();
    disk.pagesIdle(buffer.capacity());
    free.putBack(buffer);
  }

  /** Gives files back to the disk that nobody uses; returns how many bytes. */
  long trim(long bytes) {
    long freed = 0;
    for (HostBuffer each = free.takeLargest(bytes); each != null; each = each.next) {
      each.region.free();
      disk.giveBackPages(each.capacity());
      freed += each.capacity();
    }
    return freed;
  }

  /** Buffers that are in use. */
  long live() {
    return live.get();
  }
}
