package dev.reprise.runtime.gpu;

import dev.reprise.runtime.ResourceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pool of a device's buffers: by size class, eight classes to an octave. Thread-safe.
 *
 * <p>A released buffer is handed out again at once, although launches made before its release may
 * still use it. Launches run in one sequence, so a later launch never overtakes them; an upload
 * runs beside them, and the backend lets it wait when the buffer {@link PooledBuffer#isRecycled}.
 */
public abstract class BufferPool<B extends PooledBuffer> {
  private static final long SMALLEST = 256;

  private final String device;
  private final TreeMap<Long, Deque<PooledBuffer>> free = new TreeMap<>();
  private long live;
  private long used;
  private long mapped;

  protected BufferPool(String device) {
    this.device = device;
  }

  /** Takes memory from the device; null when it is short of it. */
  protected abstract B create(long bytes);

  /** Before {@link #destroy}: for devices that do not keep memory until no launch uses it. */
  protected void settle() {}

  /** Gives memory back, of buffers that launches may still use unless {@link #settle} waited. */
  protected abstract void destroy(B buffer);

  private static long sizeClass(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / 8);
    return (bytes + step - 1) / step * step;
  }

  /**
   * Hands out a buffer of at least that many bytes.
   *
   * @throws ResourceException when the device has no such memory, not even after {@link #trim}
   */
  public final synchronized B allocate(long bytes) {
    long size = sizeClass(bytes);
    Deque<PooledBuffer> recycled = free.get(size);
    if (recycled != null && !recycled.isEmpty()) {
      live++;
      used += size;
      PooledBuffer buffer = recycled.pop();
      buffer.markInUse();
      return own(buffer);
    }
    B buffer = create(size);
    if (buffer == null) {
      trim();
      buffer = create(size);
    }
    if (buffer == null) {
      throw new ResourceException(
          "not enough memory on " + device + ": asked for " + size + " bytes");
    }
    live++;
    used += size;
    mapped += size;
    return buffer;
  }

  /** The pool holds only what {@link #create} made. */
  @SuppressWarnings("unchecked")
  private B own(PooledBuffer buffer) {
    return (B) buffer;
  }

  final synchronized void release(PooledBuffer buffer) {
    buffer.markFree();
    live--;
    used -= buffer.bytes();
    free.computeIfAbsent(buffer.bytes(), size -> new ArrayDeque<>()).push(buffer);
  }

  /** Buffers handed out and not released. */
  public final synchronized long live() {
    return live;
  }

  /** Bytes of the buffers handed out, rounded up to their size classes. */
  public final synchronized long used() {
    return used;
  }

  /** Bytes taken from the device. */
  public final synchronized long mapped() {
    return mapped;
  }

  /** Gives all free buffers back to the device. */
  public final synchronized void trim() {
    if (free.isEmpty()) {
      return;
    }
    settle();
    for (Map.Entry<Long, Deque<PooledBuffer>> each : free.entrySet()) {
      for (PooledBuffer buffer : each.getValue()) {
        destroy(own(buffer));
        mapped -= each.getKey();
      }
    }
    free.clear();
  }
}
