package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/** A buffer of a {@link BufferPool}. */
public abstract class PooledBuffer implements DeviceBuffer {
  private final BufferPool<?, ?> pool;
  private final Ranges.Range<?> range;
  private final long bytes;
  private final boolean recycled;

  /** Guarded by the pool. */
  private boolean free;

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
    pool.release(this, range);
  }

  /** By the pool. */
  final void markFree() {
    if (free) {
      throw new IllegalStateException("device buffer released twice");
    }
    free = true;
  }
}
