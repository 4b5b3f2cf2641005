package dev.reprise.runtime.gpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Which parts of a pool's slabs are in use: best fit, the rest stays free, and a part that becomes
 * free joins its free neighbours.
 *
 * <pre>
 *   slab  |== in use ==|-- free --|== in use ==|====|------- free -------|
 * </pre>
 *
 * <p>Not thread-safe; {@link BufferPool} guards it.
 *
 * @param <M> what the device calls the memory of a slab
 */
final class Ranges<M> {

  /** A piece of memory of the device. */
  static final class Slab<M> {
    private final Ranges<M> owner;
    private final M memory;
    private final long number;
    private final long bytes;

    private Slab(Ranges<M> owner, M memory, long number, long bytes) {
      this.owner = owner;
      this.memory = memory;
      this.number = number;
      this.bytes = bytes;
    }

    Ranges<M> owner() {
      return owner;
    }

    M memory() {
      return memory;
    }

    long bytes() {
      return bytes;
    }
  }

  /** A part of a slab, in use or free. */
  static final class Range<M> {
    private final Slab<M> slab;
    private final long offset;
    private long bytes;
    private boolean free;

    /** Whether launches from before may still use some of it. */
    private boolean used;

    /** Neighbours in the slab. */
    private Range<M> before;

    private Range<M> after;

    private Range(Slab<M> slab, long offset, long bytes) {
      this.slab = slab;
      this.offset = offset;
      this.bytes = bytes;
    }

    Slab<M> slab() {
      return slab;
    }

    long offset() {
      return offset;
    }

    long bytes() {
      return bytes;
    }

    boolean wasUsed() {
      return used;
    }

    boolean isWholeSlab() {
      return before == null && after == null;
    }
  }

  /** Best fit, then the place that was there first, so that equal histories give equal places. */
  private final TreeSet<Range<M>> free =
      new TreeSet<>(
          Comparator.<Range<M>>comparingLong(range -> range.bytes)
              .thenComparingLong(range -> range.slab.number)
              .thenComparingLong(range -> range.offset));

  private long slabs;
  private long freeBytes;

  /** Takes a range of exactly so many bytes; null when none is free. */
  Range<M> take(long bytes) {
    // Comes before all ranges of that size.
    Range<M> fit = free.ceiling(new Range<>(new Slab<>(this, null, -1, 0), 0, bytes));
    return fit == null ? null : cut(fit, bytes);
  }

  /** Takes in a new slab, and takes a range of so many bytes out of it. */
  Range<M> add(M memory, long slabBytes, long bytes) {
    Range<M> whole = new Range<>(new Slab<>(this, memory, slabs++, slabBytes), 0, slabBytes);
    addFree(whole);
    return cut(whole, bytes);
  }

  private Range<M> cut(Range<M> range, long bytes) {
    removeFree(range);
    if (range.bytes > bytes) {
      Range<M> rest = new Range<>(range.slab, range.offset + bytes, range.bytes - bytes);
      rest.used = range.used;
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

  /** Takes a range back that launches may still use. */
  void giveBack(Range<M> range) {
    range.used = true;
    Range<M> left = range;
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

  private void absorbNext(Range<M> range) {
    Range<M> next = range.after;
    range.bytes += next.bytes;
    range.used |= next.used;
    range.after = next.after;
    if (next.after != null) {
      next.after.before = range;
    }
  }

  /** Takes out slabs that nothing is in use of, smallest first, until they have so many bytes. */
  List<Slab<M>> takeUnused(long bytes) {
    List<Range<M>> unused = new ArrayList<>();
    long taken = 0;
    for (Range<M> range : free) {
      if (taken >= bytes) {
        break;
      }
      if (range.isWholeSlab()) {
        unused.add(range);
        taken += range.bytes;
      }
    }
    unused.forEach(this::removeFree);
    return unused.stream().map(Range::slab).toList();
  }

  /** Bytes of slabs that nothing is in use of. */
  long unusedBytes() {
    return free.stream().filter(Range::isWholeSlab).mapToLong(Range::bytes).sum();
  }

  long freeBytes() {
    return freeBytes;
  }

  private void addFree(Range<M> range) {
    range.free = true;
    freeBytes += range.bytes;
    free.add(range);
  }

  private void removeFree(Range<M> range) {
    free.remove(range);
    range.free = false;
    freeBytes -= range.bytes;
  }
}
