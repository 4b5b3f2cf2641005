package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import org.jocl.cl_mem;

/** A buffer of an OpenCL device. Fields change under the lock of the backend's pool. */
final class OpenClBuffer implements DeviceBuffer {
  private final OpenClMemory pool;
  private final cl_mem memory;
  private final long bytes;

  /** Whether launches from before the buffer's last release may still use it. */
  private boolean recycled;

  private boolean free;

  OpenClBuffer(OpenClMemory pool, cl_mem memory, long bytes) {
    this.pool = pool;
    this.memory = memory;
    this.bytes = bytes;
  }

  cl_mem memory() {
    return memory;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  boolean isRecycled() {
    return recycled;
  }

  OpenClBuffer handOut() {
    free = false;
    return this;
  }

  @Override
  public void release() {
    pool.release(this);
  }

  /** By the pool: notes the release. */
  void markFree() {
    if (free) {
      throw new IllegalStateException("device buffer released twice");
    }
    free = true;
    recycled = true;
  }
}
