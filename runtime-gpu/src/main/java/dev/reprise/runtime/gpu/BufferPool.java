package dev.reprise.runtime.gpu;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.gpu.Ranges.Range;
import dev.reprise.runtime.gpu.Ranges.Slab;
import java.util.ArrayList;
import java.util.List;

/**
 * The pool of a device's buffers: parts of slabs, which are split and joined again, so that free
 * memory serves whatever size comes next.
 *
 * <pre>
 *   small  up to an eighth of a chunk: parts of chunks (2 MiB, or 1/64 of the limit)
 *   large  parts of slabs, each as large as all before it, at most 256 MiB or 1/8 of the limit, or
 *          of the size that is asked for
 *
 *   allocate   best fit  --none--> a new slab --limit, or device short--> unused slabs go back to
 *              the device, then one of just that size --short--> ResourceException
 * </pre>
 *
 * <p>Small buffers keep to chunks, so that one that lives long does not hold a large slab; only
 * when no chunk can be had, they take what is free among the large ones. What is mapped stays below
 * the limit, but for chunks of a 32nd of it.
 *
 * <p>A released buffer is handed out again at once, although launches made before its release may
 * still use it. Launches run in one sequence, so a later launch never overtakes them; an upload
 * runs beside them, and the backend lets it wait when the buffer {@link PooledBuffer#isRecycled}.
 *
 * <p><b>Threads.</b> Any. The lock guards ranges and counts and is held for a few steps, never
 * while the device is called: who makes a slab has counted its bytes before.
 *
 * @param <B> a buffer of the device
 * @param <M> what the device calls the memory of a slab
 */
public abstract class BufferPool<B extends PooledBuffer, M> {
  private static final long LARGEST_CHUNK = 2L << 20;
  private static final long SMALLEST_CHUNK = 64L << 10;
  private static final long LARGEST_SLAB = 256L << 20;
  private static final long SMALLEST_SLAB = 1L << 20;

  /** Chunks may exceed the limit by this part of it, as a divisor. */
  private static final int SHARE_OF_CHUNKS = 32;

  /** More than any device has, with room for sums. */
  private static final long UNLIMITED = 1L << 60;

  /** Slabs end there, so that a limit is used up by whole numbers of them. */
  private static final long SLAB_UNIT = 64L << 10;

  private final String device;
  private final long alignment;
  private final long largestBuffer;

  // Guarded by this, as are the counts.
  private final Ranges<M> small = new Ranges<>();
  private final Ranges<M> large = new Ranges<>();
  private long limit = UNLIMITED;
  private long live;
  private long used;
  private long mapped;
  private long mappedSmall;

  /**
   * @param alignment of all buffers, a power of two
   * @param largestBuffer most bytes that the device gives at once
   */
  protected BufferPool(String device, long alignment, long largestBuffer) {
    this.device = device;
    this.alignment = alignment;
    this.largestBuffer = Math.max(largestBuffer, SMALLEST_SLAB);
  }

  /** Takes memory from the device; null when it is short of it. */
  protected abstract M map(long bytes);

  /** Before {@link #unmap}: for devices that do not keep memory until no launch uses it. */
  protected void settle() {}

  /** Gives memory back that launches may still use unless {@link #settle} waited. */
  protected abstract void unmap(M memory);

  /** The buffer of a part of a slab; null when the device is short of what that takes. */
  protected abstract B buffer(Place<M> place);

  /** Before the part is handed out again; launches may still use it. */
  protected void discard(B buffer) {}

  /**
   * Where a buffer lies.
   *
   * @param memory of the slab
   * @param isWhole true when the buffer is all of it
   * @param range what the pool knows of it
   */
  public record Place<M>(M memory, long offset, long bytes, boolean isWhole, Range<M> range) {}

  /** Sets how many bytes the pool may take from the device, but for a 32nd more. */
  public final synchronized void limit(long bytes) {
    limit = bytes;
  }

  /**
   * Hands out a buffer of at least that many bytes.
   *
   * @throws ResourceException when the device has no such memory, not even after {@link #trim}
   */
  public final B allocate(long bytes) {
    long size = Math.max(bytes + alignment - 1, alignment) / alignment * alignment;
    Range<M> range = take(size);
    if (range == null) {
      range = grow(size);
    }
    if (range == null) {
      throw new ResourceException(
          "not enough memory on " + device + ": asked for " + size + " bytes");
    }
    B buffer = null;
    try {
      Place<M> place =
          new Place<>(range.slab().memory(), range.offset(), size, isWhole(range), range);
      buffer = buffer(place);
    } finally {
      if (buffer == null) {
        giveBack(range);
      }
    }
    if (buffer == null) {
      throw new ResourceException("not enough memory on " + device + " for a buffer's description");
    }
    return buffer;
  }

  private static boolean isWhole(Range<?> range) {
    return range.offset() == 0 && range.bytes() == range.slab().bytes();
  }

  private synchronized Range<M> take(long size) {
    return counted(ranges(size).take(size));
  }

  private Range<M> counted(Range<M> range) {
    if (range != null) {
      live++;
      used += range.bytes();
    }
    return range;
  }

  private boolean isSmall(long size) {
    return size <= chunkBytes() / 8;
  }

  private synchronized long chunkBytes() {
    return Math.clamp(limit / 64 / SLAB_UNIT * SLAB_UNIT, SMALLEST_CHUNK, LARGEST_CHUNK);
  }

  /** As much again as there is, so that there are few slabs, or what is left. */
  private synchronized long slabBytes() {
    long most = Math.min(Math.max(LARGEST_SLAB, limit / 8), largestBuffer);
    long wanted = Math.min(Math.clamp(mapped, SMALLEST_SLAB, most), limit + allowance() - mapped);
    return wanted / SLAB_UNIT * SLAB_UNIT;
  }

  /** Bytes of chunks that do not count against the limit. */
  private long allowance() {
    return Math.min(mappedSmall, limit / SHARE_OF_CHUNKS);
  }

  private Ranges<M> ranges(long size) {
    return isSmall(size) ? small : large;
  }

  /** A range where there was none; gives unused slabs back to the device for it if it must. */
  private Range<M> grow(long size) {
    return isSmall(size) ? growSmall(size) : growLarge(size);
  }

  private Range<M> growSmall(long size) {
    Range<M> range = fromNew(size, chunkBytes());
    if (range == null) {
      range = fromLarge(size);
    }
    return range == null && makeWay(chunkBytes()) ? fromNew(size, chunkBytes()) : range;
  }

  private Range<M> growLarge(long size) {
    long slab = slabBytes();
    Range<M> range = size < slab ? fromNew(size, slab) : null;
    if (range == null) {
      range = fromNew(size, size);
    }
    if (range == null && makeWay(size)) {
      range = fromNew(size, size);
    }
    // Somebody else may have given something back meanwhile.
    return range == null ? fromLarge(size) : range;
  }

  private synchronized Range<M> fromLarge(long size) {
    return counted(large.take(size));
  }

  private Range<M> fromNew(long size, long slabBytes) {
    boolean small = isSmall(size);
    if (!reserve(small, slabBytes)) {
      return null;
    }
    M memory = null;
    try {
      memory = map(slabBytes);
    } finally {
      if (memory == null) {
        unreserve(small, slabBytes);
      }
    }
    return memory == null ? null : add(memory, slabBytes, size);
  }

  private synchronized boolean reserve(boolean small, long slabBytes) {
    long room = limit + (small ? limit / SHARE_OF_CHUNKS : allowance()) - mapped;
    if (slabBytes > room) {
      return false;
    }
    count(small, slabBytes);
    return true;
  }

  private synchronized void unreserve(boolean small, long slabBytes) {
    count(small, -slabBytes);
  }

  private void count(boolean small, long slabBytes) {
    mapped += slabBytes;
    mappedSmall += small ? slabBytes : 0;
  }

  private synchronized Range<M> add(M memory, long slabBytes, long size) {
    return counted(ranges(size).add(memory, slabBytes, size));
  }

  /** Gives unused slabs back until there is room for one; false when that would not be enough. */
  private boolean makeWay(long size) {
    long needed;
    synchronized (this) {
      long room = limit + allowance() - mapped;
      long unused = large.unusedBytes() + small.unusedBytes();
      if (unused == 0 || room < size && unused < size - room) {
        return false;
      }
      // Within the limit the device itself is short: then all that is unused goes. The allowance
      // shrinks when chunks go.
      needed = size <= room ? Long.MAX_VALUE : size - (limit - mapped);
    }
    returnUnused(needed);
    return true;
  }

  private void returnUnused(long needed) {
    List<Slab<M>> unused = takeUnused(needed);
    if (unused.isEmpty()) {
      return;
    }
    RuntimeException failure = null;
    try {
      settle();
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Slab<M> slab : unused) {
      try {
        unmap(slab.memory());
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        unreserve(slab.owner() == small, slab.bytes());
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private synchronized List<Slab<M>> takeUnused(long needed) {
    List<Slab<M>> unused = new ArrayList<>(large.takeUnused(needed));
    long taken = unused.stream().mapToLong(Slab::bytes).sum();
    unused.addAll(small.takeUnused(Math.max(0, needed - taken)));
    return unused;
  }

  /** Takes a buffer back, of which launches may still make use. */
  final void release(PooledBuffer buffer, Range<?> range) {
    synchronized (this) {
      buffer.markFree();
    }
    discard(own(buffer));
    giveBack(own(range));
  }

  private synchronized void giveBack(Range<M> range) {
    live--;
    used -= range.bytes();
    range.slab().owner().giveBack(range);
  }

  /** The pool gets back only what it made. */
  @SuppressWarnings("unchecked")
  private B own(PooledBuffer buffer) {
    return (B) buffer;
  }

  @SuppressWarnings("unchecked")
  private Range<M> own(Range<?> range) {
    return (Range<M>) range;
  }

  /** Buffers handed out and not released. */
  public final synchronized long live() {
    return live;
  }

  /** Bytes of the buffers handed out, rounded up to the alignment. */
  public final synchronized long used() {
    return used;
  }

  /** Bytes taken from the device. */
  public final synchronized long mapped() {
    return mapped;
  }

  /** Gives all unused slabs back to the device. */
  public final void trim() {
    returnUnused(Long.MAX_VALUE);
  }
}
