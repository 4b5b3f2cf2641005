package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.BufferPool;
import dev.reprise.runtime.gpu.PooledBuffer;
import org.jocl.cl_mem;

/** A buffer of an OpenCL device. */
final class OpenClBuffer extends PooledBuffer implements OpenClPlace {
  private final cl_mem memory;
  private final boolean isPart;
  private final cl_mem slab;
  private final long offset;

  /**
   * @param memory the buffer's own, or that of the slab when the buffer is all of it
   */
  OpenClBuffer(OpenClMemory pool, BufferPool.Place<cl_mem> place, cl_mem memory) {
    super(pool, place);
    this.memory = memory;
    this.isPart = !place.isWhole();
    this.slab = place.memory();
    this.offset = place.offset();
  }

  @Override
  public cl_mem memory() {
    return memory;
  }

  /** The buffer of the driver that it lies in, of which parts can be made. */
  cl_mem slab() {
    return slab;
  }

  /** Where it begins there. */
  long offset() {
    return offset;
  }

  /** True when the driver knows it as a part of another buffer. */
  boolean isPart() {
    return isPart;
  }
}
