package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/** A buffer of a {@link BufferPool}. */
public abstract class PooledBuffer implements DeviceBuffer {
  private final BufferPool<?, ?> pool;
  private final Ranges.Range<?> range;
  private final long bytes;
  private volatile boolean recycled;

  /** Guarded by the pool. */
  private boolean free;

  // Not null while the buffer belongs to the memory of a repeated iteration.
  private volatile KeptMemory.Slot keeper;

  protected PooledBuffer(BufferPool<?, ?> pool, BufferPool.Place<?> place) {
    this.pool = pool;
    this.range = place.range();
    this.bytes = place.bytes();
    this.recycled = range.wasUsed();
  }

  @Override
  public final long bytes() {
    return bytes;
  }

  /**
   * True when some of the memory was in use before: an upload into it must wait for the launches
   * made so far.
   */
  public final boolean isRecycled() {
    return recycled;
  }

  @Override
  public final void release() {
    KeptMemory.Slot slot = keeper;
    recycled = true;
    if (slot == null || !slot.takeBack()) {
      pool.release(this, range);
    }
  }

  /** From now on the buffer is given back to a slot, as long as that takes it. */
  final void keptBy(KeptMemory.Slot slot) {
    keeper = slot;
  }

  /** By the pool. */
  final void markFree() {
    if (free) {
      throw new IllegalStateException("device buffer released twice");
    }
    free = true;
  }
}
