package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clReleaseEvent;
import static org.jocl.CL.clWaitForEvents;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * Copies between a device and the host, and from other devices by way of it, beside the launches.
 *
 * <pre>
 *   uploads --[last upload]--> launches        a launch waits, on the device, for uploads before it
 *   launches --[marker]------> uploads         an upload into a recycled buffer for launches before it
 *   downloads                                  cells are complete when somebody asks for them
 * </pre>
 *
 * <p><b>Threads.</b> Uploads and {@link #awaitUploads} by the worker alone; downloads by any
 * thread.
 */
final class OpenClCopies {
  /** Piece of a copy by way of the host. */
  private static final long STAGE = 4L << 20;

  private final OpenClCalls calls;
  private final OpenClQueue launches;
  private final OpenClQueue uploads;
  private final OpenClQueue downloads;

  // The worker's alone: the upload that the next launch waits for.
  private cl_event lastUpload;

  OpenClCopies(
      OpenClCalls calls, OpenClQueue launches, OpenClQueue uploads, OpenClQueue downloads) {
    this.calls = calls;
    this.launches = launches;
    this.uploads = uploads;
    this.downloads = downloads;
  }

  /** What is launched from now on runs after the uploads so far. Failures are the driver's own. */
  void awaitUploads() {
    if (lastUpload != null) {
      launches.runAfter(lastUpload);
      clReleaseEvent(lastUpload);
      lastUpload = null;
    }
  }

  /** The host memory may be used again once a mark behind the next launch is reached. */
  void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    calls.run(() -> {
      awaitLaunchesOn(to);
      for (long done = 0; done < bytes; done += Segments.PIECE) {
        cl_event copied = write(from, done, to, done, Math.min(Segments.PIECE, bytes - done));
        if (lastUpload != null) {
          clReleaseEvent(lastUpload);
        }
        lastUpload = copied;
      }
      uploads.flush();
    });
  }

  /** What is written there next waits for the launches that may use the memory. */
  private void awaitLaunchesOn(DeviceBuffer target) {
    if (((OpenClBuffer) target).isRecycled()) {
      cl_event before = launches.marker();
      uploads.runAfter(before);
      clReleaseEvent(before);
    }
  }

  private cl_event write(
      MemorySegment from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    cl_event copied = new cl_event();
    cl_mem memory = ((OpenClPlace) to).memory();
    Pointer source = Segments.pointer(from, fromByte, bytes);
    clEnqueueWriteBuffer(uploads.queue(), memory, false, toByte, bytes, source, 0, null, copied);
    return copied;
  }

  /** Waits until the cells are there. */
  void download(DeviceBuffer from, MemorySegment to, long bytes) {
    calls.run(() -> {
      for (long done = 0; done < bytes; done += Segments.PIECE) {
        read(from, done, to, done, Math.min(Segments.PIECE, bytes - done));
      }
    });
  }

  private void read(DeviceBuffer from, long fromByte, MemorySegment to, long toByte, long bytes) {
    cl_mem memory = ((OpenClPlace) from).memory();
    Pointer target = Segments.pointer(to, toByte, bytes);
    clEnqueueReadBuffer(downloads.queue(), memory, true, fromByte, bytes, target, 0, null, null);
  }

  /** By way of two pieces of host memory: while one is written here, the next one is read there. */
  void copyFromPeer(OpenClCopies peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    try (Arena arena = Arena.ofShared()) {
      long piece = Math.min(STAGE, Math.max(bytes, 1));
      MemorySegment[] stages = {arena.allocate(piece, 64), arena.allocate(piece, 64)};
      cl_event[] written = new cl_event[stages.length];
      calls.run(() -> awaitLaunchesOn(to));
      try {
        for (long done = 0; done < bytes; done += piece) {
          int turn = (int) (done / piece % stages.length);
          long at = done;
          long size = Math.min(piece, bytes - done);
          awaitAndRelease(written, turn);
          peer.calls.run(() -> peer.read(from, at, stages[turn], 0, size));
          written[turn] = calls.get(() -> write(stages[turn], 0, to, at, size));
          calls.run(uploads::flush);
        }
      } finally {
        for (int turn = 0; turn < written.length; turn++) {
          awaitAndRelease(written, turn);
        }
      }
    }
  }

  private void awaitAndRelease(cl_event[] events, int turn) {
    cl_event event = events[turn];
    if (event != null) {
      events[turn] = null;
      calls.run(() -> {
        clWaitForEvents(1, new cl_event[] {event});
        clReleaseEvent(event);
      });
    }
  }

  /** Failures are the driver's own. */
  void close() {
    if (lastUpload != null) {
      clReleaseEvent(lastUpload);
      lastUpload = null;
    }
  }
}
