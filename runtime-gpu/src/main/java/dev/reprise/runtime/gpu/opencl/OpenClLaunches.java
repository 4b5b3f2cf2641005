package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.clEnqueueCopyBuffer;
import static org.jocl.CL.clEnqueueFillBuffer;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clReleaseEvent;
import static org.jocl.CL.clSetKernelArg;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/**
 * What a device computes, in order: kernels, copies within it, and marks behind these. Each runs
 * after the uploads before it. Confined to the worker, but for {@link #count}.
 */
final class OpenClLaunches {
  private final OpenClCalls calls;
  private final OpenClQueue queue;
  private final OpenClCopies copies;
  private final boolean hasDoubles;

  // Written by the worker alone.
  private final AtomicLong launched = new AtomicLong();

  // The first launch since the last mark.
  private cl_event firstLaunch;

  /**
   * @param queue of the launches, which the copies know, too
   * @param hasDoubles false when kernels take floats for doubles
   */
  OpenClLaunches(OpenClCalls calls, OpenClQueue queue, OpenClCopies copies, boolean hasDoubles) {
    this.calls = calls;
    this.queue = queue;
    this.copies = copies;
    this.hasDoubles = hasDoubles;
  }

  /** Launches so far; by any thread. */
  long count() {
    return launched.getAcquire();
  }

  /**
   * Sets arguments.
   *
   * @param there those that the kernel has, or null
   */
  void setArguments(cl_kernel kernel, Object[] there, Object[] wanted) {
    calls.run(() -> {
      for (int i = 0; i < wanted.length; i++) {
        if (there == null || !wanted[i].equals(there[i])) {
          setArgument(kernel, i, wanted[i]);
        }
      }
    });
  }

  private void setArgument(cl_kernel kernel, int i, Object argument) {
    switch (argument) {
      case OpenClPlace buffer ->
          clSetKernelArg(kernel, i, Sizeof.cl_mem, Pointer.to(buffer.memory()));
      case Long number -> clSetKernelArg(kernel, i, Long.BYTES, Pointer.to(new long[] {number}));
      case Integer number ->
          clSetKernelArg(kernel, i, Integer.BYTES, Pointer.to(new int[] {number}));
      case Double number when hasDoubles ->
          clSetKernelArg(kernel, i, Double.BYTES, Pointer.to(new double[] {number}));
      case Double number ->
          clSetKernelArg(kernel, i, Float.BYTES, Pointer.to(new float[] {number.floatValue()}));
      default -> throw new IllegalArgumentException("no kernel takes " + argument);
    }
  }

  /** Launches a kernel whose arguments are set. */
  void enqueue(cl_kernel kernel, long groups, int groupSize) {
    long[] items = {groups * groupSize};
    long[] group = {groupSize};
    calls.run(() -> {
      begin();
      cl_event event = firstLaunch == null ? new cl_event() : null;
      clEnqueueNDRangeKernel(queue.queue(), kernel, 1, null, items, group, 0, null, event);
      if (event != null) {
        firstLaunch = event;
      }
    });
  }

  private void begin() {
    launched.setRelease(launched.getPlain() + 1);
    copies.awaitUploads();
  }

  void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    calls.run(() -> {
      begin();
      clEnqueueCopyBuffer(
          queue.queue(),
          ((OpenClPlace) from).memory(),
          ((OpenClPlace) to).memory(),
          fromByte,
          toByte,
          bytes,
          0,
          null,
          null);
    });
  }

  void zero(DeviceBuffer buffer, long bytes) {
    Pointer zero = Pointer.to(new byte[1]);
    calls.run(() -> {
      begin();
      clEnqueueFillBuffer(
          queue.queue(), ((OpenClPlace) buffer).memory(), zero, 1, 0, bytes, 0, null, null);
    });
  }

  /** Waits for what was launched before, and for the cells. */
  void read(DeviceBuffer from, MemorySegment to, long bytes) {
    Pointer target = Pointer.to(to.asByteBuffer());
    calls.run(() -> {
      copies.awaitUploads();
      clEnqueueReadBuffer(
          queue.queue(), ((OpenClPlace) from).memory(), true, 0, bytes, target, 0, null, null);
    });
  }

  /** A mark behind all launches so far, which are on their way to the device. */
  Mark mark() {
    return calls.get(() -> {
      copies.awaitUploads();
      cl_event event = queue.marker();
      cl_event first = firstLaunch;
      firstLaunch = null;
      return new OpenClMark(calls, first, event);
    });
  }

  /** Failures are the driver's own. */
  void close() {
    if (firstLaunch != null) {
      clReleaseEvent(firstLaunch);
      firstLaunch = null;
    }
  }
}
