package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.Launch;
import dev.reprise.runtime.gpu.LaunchReplay;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;

/**
 * An OpenCL device: one queue for launches, one for uploads, one for downloads, each in order (see
 * {@link OpenClCopies}). Its context and programs are shared with other sessions (see {@link
 * DeviceContexts}); all else is its own.
 */
final class OpenClBackend implements Backend {
  /** Threads of a group in kernels that loop over their items. */
  private static final int GROUP_ON_PROCESSOR = 64;

  private static final int GROUP_ON_GPU = 256;

  /** Groups for each compute unit, so that a slow one does not hold up the rest. */
  private static final int GROUPS_PER_UNIT = 16;

  /**
   * Bytes per nanosecond of a copy by way of the host: less than two copies, since they overlap.
   */
  private static final double STAGED = 4;

  private final DeviceFacts facts;
  private final OpenClCalls calls;
  private final DeviceContext context;

  /** Those that were made, each of which keeps the context until it is closed. */
  private final List<OpenClQueue> queues = new ArrayList<>();

  private final OpenClCopies copies;
  private final OpenClLaunches launches;
  private final OpenClMemory memory;
  private final OpenClPrograms programs;

  /** Where queues come from. */
  interface Queues {
    /** Failures are the driver's own. */
    OpenClQueue made(cl_context context, cl_device_id device);
  }

  /**
   * @param contexts where the device's context is shared
   */
  OpenClBackend(DeviceFacts facts, DeviceContexts contexts) {
    this(facts, contexts, OpenClQueue::new);
  }

  /** Failures are the driver's own; the context in which one fails is for no other session. */
  OpenClBackend(DeviceFacts facts, DeviceContexts contexts, Queues from) {
    this.facts = facts;
    context = contexts.open(facts);
    try {
      calls = new OpenClCalls(facts.info().name(), context::lose);
      OpenClQueue ofLaunches = queue(from);
      OpenClQueue ofUploads = queue(from);
      OpenClQueue ofDownloads = queue(from);
      copies = new OpenClCopies(calls, ofLaunches, ofUploads, ofDownloads);
      launches = new OpenClLaunches(calls, ofLaunches, copies, facts.info().hasDoubles());
      memory = new OpenClMemory(calls, context.context(), facts);
      programs = new OpenClPrograms(context, facts);
    } catch (RuntimeException | Error e) {
      context.lose();
      try (Step _ = this::leave) {
        throw e;
      }
    }
  }

  private OpenClQueue queue(Queues from) {
    OpenClQueue queue = from.made(context.context(), facts.device());
    queues.add(queue);
    return queue;
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
    cl_kernel function = calls.get(kernel);
    launches.setArguments(function, null, arguments);
    launches.enqueue(function, groups, groupSize);
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
    return calls.get(() ->
        launch.generated() == null
            ? programs.newKernel(launch.kernel(), launch.precision())
            : programs.newKernel(launch.generated(), launch.kernel(), launch.precision()));
  }

  /** Sets the arguments of a kernel, as {@link OpenClLaunches#setArguments} does. */
  void setArguments(cl_kernel kernel, Object[] there, Object[] wanted) {
    launches.setArguments(kernel, there, wanted);
  }

  /** Launches a kernel whose arguments are set. */
  void enqueue(cl_kernel kernel, Launch launch) {
    boolean items = launch.kind() == Launch.Kind.ITEMS;
    launches.enqueue(
        kernel,
        items ? groups(launch.size()) : launch.size(),
        items ? group() : launch.groupSize());
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    launches.copy(from, fromByte, to, toByte, bytes);
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    launches.zero(buffer, bytes);
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    launches.read(from, to, bytes);
  }

  @Override
  public Mark mark() {
    return launches.mark();
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    copies.upload(from, to, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    copies.download(from, to, bytes);
  }

  @Override
  public double peerRate(Backend peer) {
    return peer instanceof OpenClBackend && peer != this ? STAGED : 0;
  }

  @Override
  public void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    copies.copyFromPeer(((OpenClBackend) peer).copies, from, to, bytes);
  }

  @Override
  public OpenClMemory memory() {
    return memory;
  }

  @Override
  public long partAlignment() {
    return memory.partAlignment();
  }

  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    return memory.part((OpenClBuffer) whole, firstByte, bytes);
  }

  @Override
  public long launches() {
    return launches.count();
  }

  @Override
  public void close() {
    List<Step> steps = new ArrayList<>(List.of(copies::close, launches::close));
    queues.forEach(queue -> steps.add(queue::finish));
    steps.addAll(List.of(programs::close, memory::trim, this::leave));
    calls.run(() -> closeAll(steps));
  }

  /** The queues before the context, which they keep. */
  private void leave() {
    List<Step> steps = new ArrayList<>();
    queues.forEach(queue -> steps.add(queue::close));
    steps.add(context::close);
    closeAll(steps);
  }

  private interface Step extends AutoCloseable {
    @Override
    void close();
  }

  /** In order, each whatever becomes of those before it; the first failure is thrown. */
  private static void closeAll(List<Step> steps) {
    if (!steps.isEmpty()) {
      try (Step _ = () -> closeAll(steps.subList(1, steps.size()))) {
        steps.getFirst().close();
      }
    }
  }
}
