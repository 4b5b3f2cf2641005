package dev.reprise.memory;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which parts of a file are taken: first fit, neighbours join when they become free. Not
 * thread-safe; {@link DiskTier} guards it.
 */
final class Extents {
  /** Copies begin at multiples of it, so that reads and writes fall on whole pages. */
  private static final long UNIT = 4096;

  private final TreeMap<Long, Long> freeByPosition = new TreeMap<>();
  private long end;
  private long used;

  /** Position of a free part of at least so many bytes, or -1 if the limit forbids it. */
  long take(long bytes, long limit) {
    long size = roundUp(bytes);
    if (size > limit - used) {
      return -1;
    }
    for (Map.Entry<Long, Long> free : freeByPosition.entrySet()) {
      // Read before removing, which may move another entry to this place in the tree.
      long position = free.getKey();
      long length = free.getValue();
      if (length >= size) {
        freeByPosition.remove(position);
        if (length > size) {
          freeByPosition.put(position + size, length - size);
        }
        used += size;
        return position;
      }
    }
    // Holes that are too small for this one must not let the file outgrow its limit.
    if (end + size > limit) {
      return -1;
    }
    long position = end;
    end += size;
    used += size;
    return position;
  }

  void giveBack(long position, long bytes) {
    long size = roundUp(bytes);
    used -= size;
    Map.Entry<Long, Long> before = freeByPosition.lowerEntry(position);
    if (before != null && before.getKey() + before.getValue() == position) {
      position = before.getKey();
      size += before.getValue();
    }
    Long after = freeByPosition.remove(position + size);
    if (after != null) {
      size += after;
    }
    if (position + size == end) {
      freeByPosition.remove(position);
      end = position;
    } else {
      freeByPosition.put(position, size);
    }
  }

  /** Bytes taken, in whole pages. */
  long used() {
    return used;
  }

  static long roundUp(long bytes) {
    return (bytes + UNIT - 1) & -UNIT;
  }
}
