package dev.reprise.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Cuts buffers of middle size out of large pieces of memory, so that a new one costs neither a call
 * to the system nor an arena of its own, 20 to 70 us.
 *
 * <pre>
 *   chunk  |== in use ==|-- free --|== in use ==|====|------- free -------|
 *             best fit: the smallest free range that is large enough, the rest stays free;
 *             a range that becomes free joins its free neighbours
 * </pre>
 *
 * <p>Threads: one lock guards everything in here and in the ranges; it is held for a few steps,
 * never for calling the system.
 */
final class Chunks {
  /** Larger buffers have memory of their own: touching it costs far more than asking for it. */
  static final long LARGEST_BUFFER = 1 << 20;

  static final long SMALLEST_CHUNK = 2 << 20;
  private static final long LARGEST_CHUNK = 16 << 20;

  /** A part of a chunk, in use or free. Guarded by the lock of {@link Chunks}. */
  static final class Range {
    final NativeMemory.Region chunk;
    final long offset;
    private long bytes;
    private boolean free;

    /** Neighbours in the chunk. */
    private Range before;

    private Range after;

    /** Others of the same size in the list of free ones. */
    private Range previousFree;

    private Range nextFree;

    private Range(NativeMemory.Region chunk, long offset, long bytes) {
      this.chunk = chunk;
      this.offset = offset;
      this.bytes = bytes;
    }

    private boolean isWholeChunk() {
      return before == null && after == null;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Range> freeBySize = new TreeMap<>();
  private long chunkBytes;
  private long freeBytes;

  /** How large the next chunk should be: an eighth of what there is, so that little is idle. */
  long nextChunkBytes() {
    lock.lock();
    try {
      long wanted = Math.clamp(chunkBytes / 8, SMALLEST_CHUNK, LARGEST_CHUNK);
      return wanted & -(SMALLEST_CHUNK / 2);
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of all chunks. */
  long chunkBytes() {
    lock.lock();
    try {
      return chunkBytes;
    } finally {
      lock.unlock();
    }
  }

  long freeBytes() {
    lock.lock();
    try {
      return freeBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a range of exactly so many bytes, a multiple of the alignment; null if none is free. */
  Range take(long bytes) {
    lock.lock();
    try {
      Map.Entry<Long, Range> fit = freeBySize.ceilingEntry(bytes);
      return fit == null ? null : cut(fit.getValue(), bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes in a new chunk, and takes a range of so many bytes out of it. */
  Range add(NativeMemory.Region chunk, long bytes) {
    lock.lock();
    try {
      chunkBytes += chunk.segment().byteSize();
      Range whole = new Range(chunk, 0, chunk.segment().byteSize());
      addFree(whole);
      return cut(whole, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes back the ranges of a chain of buffers, which nobody may use any more. */
  void giveBack(HostBuffer chain) {
    lock.lock();
    try {
      for (HostBuffer each = chain; each != null; each = each.next) {
        giveBack(each.range);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes chunks out of which nothing is in use; the caller returns them to the system. */
  List<NativeMemory.Region> takeUnused() {
    List<NativeMemory.Region> unused = new ArrayList<>();
    lock.lock();
    try {
      for (Range head : List.copyOf(freeBySize.values())) {
        for (Range range = head; range != null; ) {
          Range next = range.nextFree;
          if (range.isWholeChunk()) {
            removeFree(range);
            chunkBytes -= range.bytes;
            unused.add(range.chunk);
          }
          range = next;
        }
      }
    } finally {
      lock.unlock();
    }
    return unused;
  }

  private Range cut(Range range, long bytes) {
    removeFree(range);
    if (range.bytes > bytes) {
      Range rest = new Range(range.chunk, range.offset + bytes, range.bytes - bytes);
      range.bytes = bytes;
      rest.before = range;
      rest.after = range.after;
      if (rest.after != null) {
        rest.after.before = rest;
      }
      range.after = rest;
      addFree(rest);
    }
    return range;
  }

  private void giveBack(Range range) {
    if (range.free) {
      throw new IllegalStateException("range given back twice");
    }
    Range left = range;
    if (range.before != null && range.before.free) {
      left = range.before;
      removeFree(left);
      absorbNext(left);
    }
    if (left.after != null && left.after.free) {
      removeFree(left.after);
      absorbNext(left);
    }
    addFree(left);
  }

  private static void absorbNext(Range range) {
    Range next = range.after;
    range.bytes += next.bytes;
    range.after = next.after;
    if (next.after != null) {
      next.after.before = range;
    }
  }

  private void addFree(Range range) {
    range.free = true;
    freeBytes += range.bytes;
    Range head = freeBySize.put(range.bytes, range);
    range.previousFree = null;
    range.nextFree = head;
    if (head != null) {
      head.previousFree = range;
    }
  }

  private void removeFree(Range range) {
    range.free = false;
    freeBytes -= range.bytes;
    if (range.nextFree != null) {
      range.nextFree.previousFree = range.previousFree;
    }
    if (range.previousFree != null) {
      range.previousFree.nextFree = range.nextFree;
    } else if (range.nextFree != null) {
      freeBySize.put(range.bytes, range.nextFree);
    } else {
      freeBySize.remove(range.bytes);
    }
    range.previousFree = null;
    range.nextFree = null;
  }
}
