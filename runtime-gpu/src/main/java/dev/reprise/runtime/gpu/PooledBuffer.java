package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/** A buffer of a {@link BufferPool}. Fields change under the lock of the pool. */
public abstract class PooledBuffer implements DeviceBuffer {
  private final BufferPool<?> pool;
  private final long bytes;

  /** Whether launches from before the buffer's last release may still use it. */
  private boolean recycled;

  private boolean free;

  protected PooledBuffer(BufferPool<?> pool, long bytes) {
    this.pool = pool;
    this.bytes = bytes;
  }

  @Override
  public final long bytes() {
    return bytes;
  }

  /**
   * True when the buffer was released before: an upload into it must wait for the launches made so
   * far. Read by its owner, who took it from the pool after that.
   */
  public final boolean isRecycled() {
    return recycled;
  }

  @Override
  public final void release() {
    pool.release(this);
  }

  final void markInUse() {
    free = false;
  }

  final void markFree() {
    if (free) {
      throw new IllegalStateException("device buffer released twice");
    }
    free = true;
    recycled = true;
  }
}
