package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.clReleaseMemObject;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import org.jocl.cl_mem;

/** Memory of an OpenCL device: a buffer, or a part of one. */
sealed interface OpenClPlace extends DeviceBuffer permits OpenClBuffer, OpenClPlace.Part {
  cl_mem memory();

  /**
   * Cells within a buffer that somebody else owns: a sub-buffer of the same slab. No record:
   * arguments of launches are compared, and the driver may give a sub-buffer the address of one
   * that was released.
   */
  final class Part implements OpenClPlace {
    private final cl_mem memory;
    private final long bytes;

    Part(cl_mem memory, long bytes) {
      this.memory = memory;
      this.bytes = bytes;
    }

    @Override
    public cl_mem memory() {
      return memory;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    /** The driver keeps it until no launch uses it. */
    @Override
    public void release() {
      clReleaseMemObject(memory);
    }
  }
}
