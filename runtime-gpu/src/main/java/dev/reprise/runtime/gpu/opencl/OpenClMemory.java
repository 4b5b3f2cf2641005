package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_INVALID_BUFFER_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clReleaseMemObject;

import dev.reprise.runtime.ResourceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jocl.CLException;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The pool of an OpenCL device's buffers: by size class, eight classes to an octave. Thread-safe.
 */
final class OpenClMemory {
  private static final long SMALLEST = 256;

  private final cl_context context;
  private final String name;
  private final TreeMap<Long, Deque<OpenClBuffer>> free = new TreeMap<>();
  private long live;
  private long mapped;

  OpenClMemory(cl_context context, String name) {
    this.context = context;
    this.name = name;
  }

  private static long sizeClass(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / 8);
    return (bytes + step - 1) / step * step;
  }

  synchronized OpenClBuffer allocate(long bytes) {
    long size = sizeClass(bytes);
    Deque<OpenClBuffer> recycled = free.get(size);
    if (recycled != null && !recycled.isEmpty()) {
      live++;
      return recycled.pop().handOut();
    }
    cl_mem memory;
    try {
      memory = create(size);
    } catch (CLException e) {
      if (!isShortage(e)) {
        throw e;
      }
      trim();
      try {
        memory = create(size);
      } catch (CLException again) {
        throw new ResourceException(
            "not enough memory on " + name + ": asked for " + size + " bytes");
      }
    }
    live++;
    mapped += size;
    return new OpenClBuffer(this, memory, size);
  }

  private cl_mem create(long size) {
    return clCreateBuffer(context, CL_MEM_READ_WRITE, size, null, null);
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

  synchronized void release(OpenClBuffer buffer) {
    buffer.markFree();
    live--;
    free.computeIfAbsent(buffer.bytes(), size -> new ArrayDeque<>()).push(buffer);
  }

  synchronized long live() {
    return live;
  }

  synchronized long mapped() {
    return mapped;
  }

  /** Gives all free buffers back to the device, which keeps them until no launch uses them. */
  synchronized void trim() {
    for (Map.Entry<Long, Deque<OpenClBuffer>> each : free.entrySet()) {
      for (OpenClBuffer buffer : each.getValue()) {
        clReleaseMemObject(buffer.memory());
        mapped -= each.getKey();
      }
    }
    free.clear();
  }
}
