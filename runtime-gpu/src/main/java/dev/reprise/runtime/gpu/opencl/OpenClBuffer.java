package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.BufferPool;
import dev.reprise.runtime.gpu.PooledBuffer;
import org.jocl.cl_mem;

/** A buffer of an OpenCL device. */
final class OpenClBuffer extends PooledBuffer {
  private final cl_mem memory;
  private final boolean isPart;

  /**
   * @param memory the buffer's own, or that of the slab when the buffer is all of it
   */
  OpenClBuffer(OpenClMemory pool, BufferPool.Place<cl_mem> place, cl_mem memory) {
    super(pool, place);
    this.memory = memory;
    this.isPart = !place.isWhole();
  }

  cl_mem memory() {
    return memory;
  }

  /** True when the driver knows it as a part of another buffer. */
  boolean isPart() {
    return isPart;
  }
}
