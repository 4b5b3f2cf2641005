package dev.reprise.memory;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Free large buffers by size: those with memory of their own, or those that are cut out of chunks.
 * A request takes the smallest that fits and is at most an eighth too large, so the matrices of a
 * loop recycle each other's memory without touching new pages.
 *
 * <p>Threads: one lock guards the lists; memory returns to the system after it is let go.
 */
final class LargePool {
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, HostBuffer> freeBySize = new TreeMap<>();
  private long freeBytes;

  /** Takes a free buffer of at least {@code bytes} bytes, or returns null. */
  HostBuffer take(long bytes) {
    lock.lock();
    try {
      Map.Entry<Long, HostBuffer> fit = freeBySize.ceilingEntry(bytes);
      if (fit == null || fit.getKey() > bytes + bytes / 8) {
        return null;
      }
      return removeHead(fit);
    } finally {
      lock.unlock();
    }
  }

  void putBack(HostBuffer buffer) {
    lock.lock();
    try {
      buffer.next = freeBySize.put(buffer.capacity(), buffer);
      freeBytes += buffer.capacity();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of all free buffers. */
  long freeBytes() {
    lock.lock();
    try {
      return freeBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the largest free buffers out, at least {@code bytes} in sum if there are so many. */
  HostBuffer takeLargest(long bytes) {
    lock.lock();
    try {
      HostBuffer chain = null;
      for (long taken = 0; taken < bytes && !freeBySize.isEmpty(); ) {
        HostBuffer buffer = removeHead(freeBySize.lastEntry());
        taken += buffer.capacity();
        buffer.next = chain;
        chain = buffer;
      }
      return chain;
    } finally {
      lock.unlock();
    }
  }

  private HostBuffer removeHead(Map.Entry<Long, HostBuffer> list) {
    HostBuffer head = list.getValue();
    if (head.next == null) {
      freeBySize.remove(list.getKey());
    } else {
      freeBySize.put(list.getKey(), head.next);
    }
    head.next = null;
    freeBytes -= head.capacity();
    return head;
  }
}
