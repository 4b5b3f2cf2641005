package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.PooledBuffer;
import org.jocl.cl_mem;

/** A buffer of an OpenCL device. */
final class OpenClBuffer extends PooledBuffer {
  private final cl_mem memory;

  OpenClBuffer(OpenClMemory pool, cl_mem memory, long bytes) {
    super(pool, bytes);
    this.memory = memory;
  }

  cl_mem memory() {
    return memory;
  }
}
