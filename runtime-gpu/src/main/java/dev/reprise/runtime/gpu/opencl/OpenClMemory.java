package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_BUFFER_CREATE_TYPE_REGION;
import static org.jocl.CL.CL_INVALID_BUFFER_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clCreateSubBuffer;
import static org.jocl.CL.clReleaseMemObject;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.gpu.BufferPool;
import java.util.function.Supplier;
import org.jocl.CLException;
import org.jocl.cl_buffer_region;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The pool of an OpenCL device's buffers: sub-buffers of larger ones, or these as a whole. Of two
 * that overlap, one was released before the other was made, and the commands that use them run one
 * after the other; that is what the specification asks for.
 */
final class OpenClMemory extends BufferPool<OpenClBuffer, cl_mem> {
  private static final long SMALLEST_ALIGNMENT = 256;

  private final OpenClCalls calls;
  private final cl_context context;
  private final long partAlignment;

  OpenClMemory(OpenClCalls calls, cl_context context, DeviceFacts facts) {
    super(
        facts.info().name(),
        Math.max(SMALLEST_ALIGNMENT, facts.alignment()),
        facts.info().largestBuffer());
    this.calls = calls;
    this.context = context;
    this.partAlignment = Math.max(SMALLEST_ALIGNMENT, facts.alignment());
  }

  @Override
  protected cl_mem map(long bytes) {
    return unlessShort(() -> clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null));
  }

  @Override
  protected OpenClBuffer buffer(Place<cl_mem> place) {
    if (place.isWhole()) {
      return new OpenClBuffer(this, place, place.memory());
    }
    cl_mem part = subBuffer(place.memory(), place.offset(), place.bytes());
    return part == null ? null : new OpenClBuffer(this, place, part);
  }

  /** Null when the device is short of what that takes. */
  private cl_mem subBuffer(cl_mem slab, long offset, long bytes) {
    cl_buffer_region region = new cl_buffer_region(offset, bytes);
    return unlessShort(() ->
        clCreateSubBuffer(slab, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, region, null));
  }

  /** Where sub-buffers may begin. */
  long partAlignment() {
    return partAlignment;
  }

  /** A part of a buffer, which is a sub-buffer beside it: there are none of sub-buffers. */
  OpenClPlace.Part part(OpenClBuffer whole, long firstByte, long bytes) {
    cl_mem part = subBuffer(whole.slab(), whole.offset() + firstByte, bytes);
    if (part == null) {
      throw new ResourceException("the device is short of what a part of a buffer takes");
    }
    return new OpenClPlace.Part(part, bytes);
  }

  private cl_mem unlessShort(Supplier<cl_mem> creation) {
    try {
      return creation.get();
    } catch (CLException e) {
      if (isShortage(e)) {
        return null;
      }
      throw calls.translated(e);
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

  /** The driver keeps it until no launch uses it. */
  @Override
  protected void discard(OpenClBuffer buffer) {
    if (buffer.isPart()) {
      unmap(buffer.memory());
    }
  }

  /** The driver keeps the memory until no launch uses it. */
  @Override
  protected void unmap(cl_mem memory) {
    calls.run(() -> clReleaseMemObject(memory));
  }
}
