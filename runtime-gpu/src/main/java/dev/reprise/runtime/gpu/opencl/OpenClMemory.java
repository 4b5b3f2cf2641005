package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_INVALID_BUFFER_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clReleaseMemObject;

import dev.reprise.runtime.gpu.BufferPool;
import org.jocl.CLException;
import org.jocl.cl_context;

/** The pool of an OpenCL device's buffers. */
final class OpenClMemory extends BufferPool<OpenClBuffer> {
  private final cl_context context;

  OpenClMemory(cl_context context, String device) {
    super(device);
    this.context = context;
  }

  @Override
  protected OpenClBuffer create(long bytes) {
    try {
      return new OpenClBuffer(
          this, clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null), bytes);
    } catch (CLException e) {
      if (isShortage(e)) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isShortage(CLException e) {
    return switch (e.getStatus()) {
      case CL_MEM_OBJECT_ALLOCATION_FAILURE,
          CL_OUT_OF_RESOURCES,
          CL_OUT_OF_HOST_MEMORY,
          CL_INVALID_BUFFER_SIZE ->
          true;
      default -> false;
    };
  }

  /** The driver keeps the memory until no launch uses it. */
  @Override
  protected void destroy(OpenClBuffer buffer) {
    clReleaseMemObject(buffer.memory());
  }
}
