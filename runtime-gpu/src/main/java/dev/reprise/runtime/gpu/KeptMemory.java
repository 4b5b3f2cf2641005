package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Buffers that are kept for an iteration that comes again: its first allocation always gets the
 * first one, and so on. Then launches have the same arguments each time, and the iteration
 * allocates nothing. A value that lives on when the buffer is wanted again keeps it; the slot gets
 * a new one.
 *
 * <p>No buffer serves two allocations of one iteration, so a launch that is held back never meets a
 * buffer that was handed out anew before it.
 *
 * <p><b>Threads.</b> By the accelerator's worker, but for the return of buffers.
 */
final class KeptMemory {
  private final Backend backend;
  private final AtomicLong unused;
  private final List<Slot> slots = new ArrayList<>();

  /**
   * @param unused counts the buffers that lie in such memories unused
   */
  KeptMemory(Backend backend, AtomicLong unused) {
    this.backend = backend;
    this.unused = unused;
  }

  /** A buffer for the allocation of that number; null when that takes a new one. */
  DeviceBuffer take(int number, long bytes) {
    if (number >= slots.size()) {
      return null;
    }
    Slot slot = slots.get(number);
    return slot.bytes == bytes && slot.take() ? slot.buffer : null;
  }

  /**
   * A new buffer for that allocation, in place of the one that a value keeps.
   *
   * @throws dev.reprise.runtime.ResourceException when there is no memory
   */
  DeviceBuffer replace(int number, long bytes) {
    DeviceBuffer fresh = backend.allocate(bytes);
    if (!(fresh instanceof PooledBuffer pooled)) {
      return fresh;
    }
    while (slots.size() <= number) {
      slots.add(new Slot(null, 0, unused));
    }
    Slot slot = new Slot(pooled, bytes, unused);
    slots.set(number, slot).leave();
    pooled.keptBy(slot);
    return pooled;
  }

  /** Gives back what is not in use; what is goes back to the pool later. */
  void leave() {
    slots.forEach(Slot::leave);
    slots.clear();
  }

  /** The place of one buffer: in use, or here, until it leaves. */
  static final class Slot {
    private final PooledBuffer buffer;
    private final long bytes;
    private final AtomicLong unused;

    // Guarded by this.
    private boolean inUse;
    private boolean left;

    private Slot(PooledBuffer buffer, long bytes, AtomicLong unused) {
      this.buffer = buffer;
      this.bytes = bytes;
      this.unused = unused;
      this.inUse = buffer != null;
    }

    private synchronized boolean take() {
      if (inUse || left || buffer == null) {
        return false;
      }
      inUse = true;
      unused.decrementAndGet();
      return true;
    }

    /** By whoever releases the buffer; false when it is for the pool. */
    synchronized boolean takeBack() {
      if (left) {
        return false;
      }
      if (!inUse) {
        throw new IllegalStateException("device buffer released twice");
      }
      inUse = false;
      unused.incrementAndGet();
      return true;
    }

    private void leave() {
      synchronized (this) {
        if (left || buffer == null) {
          return;
        }
        left = true;
        if (inUse) {
          return;
        }
      }
      unused.decrementAndGet();
      buffer.release();
    }
  }
}
