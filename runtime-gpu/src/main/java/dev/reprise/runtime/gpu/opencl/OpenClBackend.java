package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.CL_QUEUE_PROFILING_ENABLE;
import static org.jocl.CL.CL_QUEUE_PROPERTIES;
import static org.jocl.CL.clCreateCommandQueueWithProperties;
import static org.jocl.CL.clCreateContext;
import static org.jocl.CL.clEnqueueBarrierWithWaitList;
import static org.jocl.CL.clEnqueueCopyBuffer;
import static org.jocl.CL.clEnqueueFillBuffer;
import static org.jocl.CL.clEnqueueMarkerWithWaitList;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clFinish;
import static org.jocl.CL.clFlush;
import static org.jocl.CL.clReleaseCommandQueue;
import static org.jocl.CL.clReleaseContext;
import static org.jocl.CL.clReleaseEvent;
import static org.jocl.CL.clSetKernelArg;
import static org.jocl.CL.clWaitForEvents;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.Launch;
import dev.reprise.runtime.gpu.LaunchReplay;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_queue_properties;

/**
 * An OpenCL device: one queue for launches, one for uploads, one for downloads, each in order.
 *
 * <p>A launch waits, on the device, for the uploads made before it; an upload into a recycled
 * buffer waits for the launches made before it.
 */
final class OpenClBackend implements Backend {
  /** Threads of a group in kernels that loop over their items. */
  private static final int GROUP_ON_PROCESSOR = 64;

  private static final int GROUP_ON_GPU = 256;

  /** Groups for each compute unit, so that a slow one does not hold up the rest. */
  private static final int GROUPS_PER_UNIT = 16;

  /** Piece of a copy by way of the host. */
  private static final long STAGE = 4L << 20;

  /** Bytes per nanosecond of such a copy: less than two copies, since they overlap. */
  private static final double STAGED = 4;

  private final DeviceFacts facts;
  private final cl_context context;
  private final cl_command_queue launches;
  private final cl_command_queue uploads;
  private final cl_command_queue downloads;
  private final OpenClMemory memory;
  private final OpenClPrograms programs;

  // Written by the worker alone.
  private final AtomicLong launched = new AtomicLong();

  // The worker's alone: the upload that the next launch waits for.
  private cl_event lastUpload;

  // The worker's alone: the first launch since the last mark.
  private cl_event firstLaunch;

  OpenClBackend(DeviceFacts facts) {
    this.facts = facts;
    cl_device_id[] devices = {facts.device()};
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL_CONTEXT_PLATFORM, facts.platform());
    context = clCreateContext(properties, 1, devices, null, null, null);
    launches = queue();
    uploads = queue();
    downloads = queue();
    memory = new OpenClMemory(context, facts);
    programs = new OpenClPrograms(context, facts);
  }

  private cl_command_queue queue() {
    cl_queue_properties properties = new cl_queue_properties();
    properties.addProperty(CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE);
    return clCreateCommandQueueWithProperties(context, facts.device(), properties, null);
  }

  @Override
  public AcceleratorInfo info() {
    return facts.info();
  }

  @Override
  public void run(String kernel, Precision precision, long items, Object... arguments) {
    runGroups(kernel, precision, groups(items), group(), arguments);
  }

  private int group() {
    return info().isProcessor() ? GROUP_ON_PROCESSOR : GROUP_ON_GPU;
  }

  private long groups(long items) {
    long most = (long) info().computeUnits() * GROUPS_PER_UNIT;
    return Math.clamp((items + group() - 1) / group(), 1, most);
  }

  @Override
  public void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... arguments) {
    launch(() -> programs.kernel(kernel, precision), groups, groupSize, arguments);
  }

  @Override
  public GeneratedKernels.Language language() {
    return GeneratedKernels.Language.C;
  }

  @Override
  public void run(
      GeneratedKernels kernels, String name, Precision precision, long items, Object... arguments) {
    runGroups(kernels, name, precision, groups(items), group(), arguments);
  }

  @Override
  public void runGroups(
      GeneratedKernels kernels,
      String name,
      Precision precision,
      long groups,
      int groupSize,
      Object... arguments) {
    launch(() -> programs.kernel(kernels, name, precision), groups, groupSize, arguments);
  }

  private void launch(Supplier<cl_kernel> kernel, long groups, int groupSize, Object... arguments) {
    guarded(() -> {
      cl_kernel function = kernel.get();
      for (int i = 0; i < arguments.length; i++) {
        setArgument(function, i, arguments[i]);
      }
      enqueue(function, groups, groupSize);
      return null;
    });
  }

  private void enqueue(cl_kernel function, long groups, int groupSize) {
    beforeLaunch();
    cl_event event = firstLaunch == null ? new cl_event() : null;
    clEnqueueNDRangeKernel(
        launches,
        function,
        1,
        null,
        new long[] {groups * groupSize},
        new long[] {groupSize},
        0,
        null,
        event);
    if (event != null) {
      firstLaunch = event;
    }
  }

  @Override
  public boolean replays() {
    return true;
  }

  @Override
  public LaunchReplay replay(List<Launch> pattern) {
    return new PreparedKernels(this, pattern);
  }

  // ---- for prepared kernels

  /** A kernel object of its own, without arguments. */
  cl_kernel newKernel(Launch launch) {
    return guarded(() ->
        launch.generated() == null
            ? programs.newKernel(launch.kernel(), launch.precision())
            : programs.newKernel(launch.generated(), launch.kernel(), launch.precision()));
  }

  /**
   * Sets arguments.
   *
   * @param there those that the kernel has, or null
   */
  void setArguments(cl_kernel kernel, Object[] there, Object[] wanted) {
    guarded(() -> {
      for (int i = 0; i < wanted.length; i++) {
        if (there == null || !wanted[i].equals(there[i])) {
          setArgument(kernel, i, wanted[i]);
        }
      }
      return null;
    });
  }

  /** Launches a kernel whose arguments are set. */
  void enqueue(cl_kernel kernel, Launch launch) {
    guarded(() -> {
      boolean items = launch.kind() == Launch.Kind.ITEMS;
      enqueue(
          kernel,
          items ? groups(launch.size()) : launch.size(),
          items ? group() : launch.groupSize());
      return null;
    });
  }

  private void setArgument(cl_kernel kernel, int i, Object argument) {
    switch (argument) {
      case OpenClBuffer buffer ->
          clSetKernelArg(kernel, i, Sizeof.cl_mem, Pointer.to(buffer.memory()));
      case Long number -> clSetKernelArg(kernel, i, Long.BYTES, Pointer.to(new long[] {number}));
      case Integer number ->
          clSetKernelArg(kernel, i, Integer.BYTES, Pointer.to(new int[] {number}));
      case Double number when info().hasDoubles() ->
          clSetKernelArg(kernel, i, Double.BYTES, Pointer.to(new double[] {number}));
      case Double number ->
          clSetKernelArg(kernel, i, Float.BYTES, Pointer.to(new float[] {number.floatValue()}));
      default -> throw new IllegalArgumentException("no kernel takes " + argument);
    }
  }

  private void beforeLaunch() {
    launched.setRelease(launched.getPlain() + 1);
    awaitUploads();
  }

  private void awaitUploads() {
    if (lastUpload != null) {
      clEnqueueBarrierWithWaitList(launches, 1, new cl_event[] {lastUpload}, null);
      clReleaseEvent(lastUpload);
      lastUpload = null;
    }
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    guarded(() -> {
      beforeLaunch();
      clEnqueueCopyBuffer(
          launches,
          ((OpenClBuffer) from).memory(),
          ((OpenClBuffer) to).memory(),
          fromByte,
          toByte,
          bytes,
          0,
          null,
          null);
      return null;
    });
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    guarded(() -> {
      beforeLaunch();
      clEnqueueFillBuffer(
          launches,
          ((OpenClBuffer) buffer).memory(),
          Pointer.to(new byte[1]),
          1,
          0,
          bytes,
          0,
          null,
          null);
      return null;
    });
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    guarded(() -> {
      awaitUploads();
      clEnqueueReadBuffer(
          launches,
          ((OpenClBuffer) from).memory(),
          true,
          0,
          bytes,
          Pointer.to(to.asByteBuffer()),
          0,
          null,
          null);
      return null;
    });
  }

  @Override
  public Mark mark() {
    return guarded(() -> {
      awaitUploads();
      cl_event event = new cl_event();
      clEnqueueMarkerWithWaitList(launches, 0, null, event);
      clFlush(launches);
      cl_event first = firstLaunch;
      firstLaunch = null;
      return new OpenClMark(this, first, event);
    });
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    guarded(() -> {
      OpenClBuffer target = (OpenClBuffer) to;
      awaitLaunchesOn(target);
      for (long done = 0; done < bytes; done += Segments.PIECE) {
        cl_event copied = new cl_event();
        long piece = Math.min(Segments.PIECE, bytes - done);
        clEnqueueWriteBuffer(
            uploads,
            target.memory(),
            false,
            done,
            piece,
            Segments.pointer(from, done, piece),
            0,
            null,
            copied);
        if (lastUpload != null) {
          clReleaseEvent(lastUpload);
        }
        lastUpload = copied;
      }
      clFlush(uploads);
      return null;
    });
  }

  /** What is written there next waits for the launches that may use the memory. */
  private void awaitLaunchesOn(DeviceBuffer target) {
    if (((OpenClBuffer) target).isRecycled()) {
      guarded(() -> {
        cl_event before = new cl_event();
        clEnqueueMarkerWithWaitList(launches, 0, null, before);
        clFlush(launches);
        clEnqueueBarrierWithWaitList(uploads, 1, new cl_event[] {before}, null);
        clReleaseEvent(before);
        return null;
      });
    }
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    guarded(() -> {
      for (long done = 0; done < bytes; done += Segments.PIECE) {
        long piece = Math.min(Segments.PIECE, bytes - done);
        clEnqueueReadBuffer(
            downloads,
            ((OpenClBuffer) from).memory(),
            true,
            done,
            piece,
            Segments.pointer(to, done, piece),
            0,
            null,
            null);
      }
      return null;
    });
  }

  @Override
  public double peerRate(Backend peer) {
    return peer instanceof OpenClBackend && peer != this ? STAGED : 0;
  }

  /** By way of two pieces of host memory: while one is written here, the next one is read there. */
  @Override
  public void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    OpenClBackend other = (OpenClBackend) peer;
    try (Arena arena = Arena.ofShared()) {
      long piece = Math.min(STAGE, Math.max(bytes, 1));
      MemorySegment[] stages = {arena.allocate(piece, 64), arena.allocate(piece, 64)};
      cl_event[] written = new cl_event[stages.length];
      awaitLaunchesOn(to);
      try {
        for (long done = 0; done < bytes; done += piece) {
          int turn = (int) (done / piece % stages.length);
          long size = Math.min(piece, bytes - done);
          awaitAndRelease(written, turn);
          other.readPart(from, done, stages[turn], size);
          written[turn] = writePart(stages[turn], to, done, size);
        }
      } finally {
        for (int turn = 0; turn < written.length; turn++) {
          awaitAndRelease(written, turn);
        }
      }
    }
  }

  private void readPart(DeviceBuffer from, long at, MemorySegment to, long bytes) {
    guarded(() -> {
      cl_mem memory = ((OpenClBuffer) from).memory();
      Pointer target = Segments.pointer(to, 0, bytes);
      clEnqueueReadBuffer(downloads, memory, true, at, bytes, target, 0, null, null);
      return null;
    });
  }

  private cl_event writePart(MemorySegment from, DeviceBuffer to, long at, long bytes) {
    return guarded(() -> {
      cl_event copied = new cl_event();
      cl_mem memory = ((OpenClBuffer) to).memory();
      Pointer source = Segments.pointer(from, 0, bytes);
      clEnqueueWriteBuffer(uploads, memory, false, at, bytes, source, 0, null, copied);
      clFlush(uploads);
      return copied;
    });
  }

  private void awaitAndRelease(cl_event[] events, int turn) {
    cl_event event = events[turn];
    if (event != null) {
      events[turn] = null;
      guarded(() -> {
        clWaitForEvents(1, new cl_event[] {event});
        clReleaseEvent(event);
        return null;
      });
    }
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    if (bytes > info().largestBuffer()) {
      throw new dev.reprise.runtime.ResourceException(
          info().name()
              + " takes no buffer of "
              + bytes
              + " bytes; its largest has "
              + info().largestBuffer());
    }
    return guarded(() -> memory.allocate(bytes));
  }

  @Override
  public long launches() {
    return launched.getAcquire();
  }

  @Override
  public long liveBuffers() {
    return memory.live();
  }

  @Override
  public long usedBytes() {
    return memory.used();
  }

  @Override
  public long mappedBytes() {
    return memory.mapped();
  }

  @Override
  public void trim() {
    guarded(() -> {
      memory.trim();
      return null;
    });
  }

  @Override
  public void limit(long bytes) {
    memory.limit(bytes);
  }

  /** Failures of the driver as ours. */
  <T> T guarded(Supplier<T> calls) {
    try {
      return calls.get();
    } catch (CLException e) {
      throw OpenClErrors.translated(info().name(), e);
    }
  }

  @Override
  public void close() {
    guarded(() -> {
      if (lastUpload != null) {
        clReleaseEvent(lastUpload);
        lastUpload = null;
      }
      if (firstLaunch != null) {
        clReleaseEvent(firstLaunch);
        firstLaunch = null;
      }
      clFinish(uploads);
      clFinish(launches);
      clFinish(downloads);
      programs.close();
      memory.trim();
      clReleaseCommandQueue(uploads);
      clReleaseCommandQueue(launches);
      clReleaseCommandQueue(downloads);
      clReleaseContext(context);
      return null;
    });
  }
}
