package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyPeerAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/**
 * A CUDA device: one stream for launches, one for uploads, two for downloads.
 *
 * <p>A launch waits, on the device, for the uploads made before it; an upload into a recycled
 * buffer waits for the launches made before it. A download needs neither: its cells are complete.
 * The host waits only for a piece of pinned memory, which the device empties or fills without
 * waiting for anybody's lock.
 */
final class CudaBackend implements Backend {
  /** Threads of a group in kernels that loop over their items. */
  private static final int GROUP = 256;

  /** Groups for each multiprocessor: twice what runs at once, so that a slow one holds up less. */
  private static final int GROUPS_PER_UNIT = 16;

  /** Large enough that the start of a copy, about 10 us, does not count. */
  private static final long PIECE = 4L << 20;

  private static final int PIECES = 4;

  /** Bytes per nanosecond between devices that reach each other, over PCIe 4; NVLink is faster. */
  private static final double PEER = 20;

  /** The same where the driver copies by way of the host. */
  private static final double STAGED_BY_DRIVER = 5;

  private static final int PIECES_OF_DOWNLOADS = 2;

  /**
   * Up to so many bytes a copy by a kernel takes a few microseconds at most, which is less than the
   * host takes to capture one or a product.
   */
  private static final long MOST_BY_KERNEL = 4L << 20;

  private final AcceleratorInfo info;
  private final Arena arena = Arena.ofShared();
  private final CudaContext context;
  private final CUstream launches;
  private final CUstream uploads;
  private final List<CUstream> lanes;
  private final CudaEvents events;
  private final CudaMemory memory;
  private final CudaModules modules;
  private final LaunchArguments arguments;
  private final PinnedPieces uploadPieces;
  private final PinnedPieces readPieces;
  private final Downloads downloads;
  private final CudaProducts products;
  private final CudaCompressedProducts compressedProducts;
  private final boolean replays;

  private final Map<CudaBackend, Double> peers = new ConcurrentHashMap<>();

  // Written by the worker alone.
  private final AtomicLong launched = new AtomicLong();

  // The worker's alone: whether the next launch must wait for uploads.
  private boolean uploadsPending;

  // The worker's alone: launches are being written into a graph.
  private boolean capturing;

  // The worker's alone: before the first launch since the last mark.
  private CUevent firstLaunch;

  // What opening has taken, the last first: it is given back in that order.
  private final Deque<Runnable> opened = new ArrayDeque<>();

  CudaBackend(CudaFacts facts, ProductLibraries libraries) {
    context = new CudaContext(facts.info().name(), facts.device());
    opened.push(context::release);
    try {
      events = new CudaEvents(context);
      opened.push(events::close);
      launches = stream();
      uploads = stream();
      lanes = List.of(stream(), stream());
      memory = new CudaMemory(context, this::settleAll);
      modules = new CudaModules(context, this::settleLaunches, CudaModules.MOST_GENERATED);
      opened.push(modules::close);
      arguments = new LaunchArguments(arena);
      uploadPieces = pieces(uploads, PIECES);
      readPieces = pieces(launches, 1);
      downloads =
          new Downloads(
              context, lanes.stream().map(lane -> pieces(lane, PIECES_OF_DOWNLOADS)).toList());
      products = context.alone(() -> libraries.products(context, launches, this::beforeLaunch));
      if (products != null) {
        opened.push(products::close);
      }
      compressedProducts =
          context.alone(() -> libraries.compressedProducts(context, launches, this::beforeLaunch));
      if (compressedProducts != null) {
        opened.push(compressedProducts::close);
      }
    } catch (RuntimeException | Error e) {
      giveBack();
      throw e;
    }
    replays = facts.hasGraphs();
    info = facts.infoWith(libraries.found(products, compressedProducts));
  }

  private CUstream stream() {
    CUstream stream = new CUstream();
    context.check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    opened.push(() -> cuStreamDestroy(stream));
    return stream;
  }

  private PinnedPieces pieces(CUstream stream, int count) {
    PinnedPieces pieces =
        context.alone(() -> new PinnedPieces(context, events, stream, count, PIECE));
    opened.push(() -> pieces.close(events));
    return pieces;
  }

  @Override
  public AcceleratorInfo info() {
    return info;
  }

  @Override
  public CudaProducts products() {
    return products;
  }

  @Override
  public CudaCompressedProducts compressedProducts() {
    return compressedProducts;
  }

  @Override
  public void run(String kernel, Precision precision, long items, Object... values) {
    runGroups(kernel, precision, groups(items), GROUP, values);
  }

  private long groups(long items) {
    long most = (long) info.computeUnits() * GROUPS_PER_UNIT;
    return Math.clamp((items + GROUP - 1) / GROUP, 1, most);
  }

  @Override
  public void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... values) {
    context.makeCurrent();
    launch(modules.kernel(kernel, precision), groups, groupSize, values);
  }

  @Override
  public GeneratedKernels.Language language() {
    return GeneratedKernels.Language.PTX;
  }

  @Override
  public void run(
      GeneratedKernels kernels, String name, Precision precision, long items, Object... values) {
    runGroups(kernels, name, precision, groups(items), GROUP, values);
  }

  @Override
  public void runGroups(
      GeneratedKernels kernels,
      String name,
      Precision precision,
      long groups,
      int groupSize,
      Object... values) {
    context.makeCurrent();
    launch(modules.kernel(kernels, name), groups, groupSize, values);
  }

  private void launch(CUfunction function, long groups, int groupSize, Object[] values) {
    beforeLaunch();
    context.check(
        cuLaunchKernel(
            function,
            Math.toIntExact(groups),
            1,
            1,
            groupSize,
            1,
            1,
            0,
            launches,
            arguments.set(values),
            null));
  }

  /** What the launch stream gets next waits for uploads, and its time counts. */
  private void beforeLaunch() {
    if (capturing) {
      return;
    }
    launched.setRelease(launched.getPlain() + 1);
    awaitUploads();
    if (firstLaunch == null) {
      firstLaunch = events.record(launches);
    }
  }

  @Override
  public boolean replays() {
    return replays;
  }

  @Override
  public boolean prefersKernels(long bytes) {
    return replays && bytes <= MOST_BY_KERNEL;
  }

  @Override
  public boolean prefersCopy(DeviceBuffer operand, long bytes) {
    return operand instanceof CudaPlace.Part && prefersKernels(bytes);
  }

  @Override
  public LaunchReplay replay(List<Launch> pattern) {
    context.makeCurrent();
    return new CudaGraph(this, context, pattern);
  }

  // ---- for graphs

  CUfunction function(Launch launch) {
    return launch.generated() == null
        ? modules.kernel(launch.kernel(), launch.precision())
        : modules.kernel(launch.generated(), launch.kernel());
  }

  /** Keeps a module that was made at run time from being unloaded, or no longer does. */
  void keepModule(GeneratedKernels kernels, boolean keep) {
    modules.keep(kernels, keep);
  }

  /** Groups and threads of each for a launch of a kernel. */
  int groups(Launch launch) {
    return Math.toIntExact(
        launch.kind() == Launch.Kind.ITEMS ? groups(launch.size()) : launch.size());
  }

  static int groupSize(Launch launch) {
    return launch.kind() == Launch.Kind.ITEMS ? GROUP : launch.groupSize();
  }

  /** The graph of what is called on this backend meanwhile; nothing of it runs. */
  CUgraph captured(Runnable calls) {
    return context.writing(() -> capture(calls));
  }

  private CUgraph capture(Runnable calls) {
    CUgraph graph = new CUgraph();
    capturing = true;
    boolean complete = false;
    try {
      context.check(
          cuStreamBeginCapture(launches, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
      int status;
      try {
        calls.run();
        complete = true;
      } finally {
        status = cuStreamEndCapture(launches, graph);
        if (!complete && status == CUresult.CUDA_SUCCESS) {
          cuGraphDestroy(graph);
        }
      }
      context.check(status);
      return graph;
    } finally {
      capturing = false;
    }
  }

  void launch(CUgraphExec graph) {
    context.makeCurrent();
    beforeLaunch();
    context.check(cuGraphLaunch(graph, launches));
  }

  /** Waits until no launch runs. */
  void settleLaunches() {
    context.makeCurrent();
    settle(launches);
  }

  private void awaitUploads() {
    if (uploadsPending) {
      events.order(uploads, launches);
      uploadsPending = false;
    }
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    context.makeCurrent();
    beforeLaunch();
    context.check(
        cuMemcpyDtoDAsync(
            address(to).withByteOffset(toByte),
            address(from).withByteOffset(fromByte),
            bytes,
            launches));
  }

  private static DeviceAddress address(DeviceBuffer buffer) {
    return ((CudaPlace) buffer).address();
  }

  @Override
  public long partAlignment() {
    return CudaMemory.ALIGNMENT_OF_PARTS;
  }

  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    return new CudaPlace.Part(address(whole).plus(firstByte), bytes);
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    context.makeCurrent();
    beforeLaunch();
    context.check(cuMemsetD8Async(address(buffer), (byte) 0, bytes, launches));
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    context.makeCurrent();
    awaitUploads();
    readPieces.download(address(from), to, bytes);
  }

  @Override
  public Mark mark() {
    context.makeCurrent();
    awaitUploads();
    CUevent last = events.record(launches);
    CUevent first = firstLaunch;
    firstLaunch = null;
    return new CudaMark(context, events, first, last);
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    context.makeCurrent();
    if (((CudaBuffer) to).isRecycled()) {
      events.order(launches, uploads);
    }
    uploadsPending = true;
    uploadPieces.upload(from, address(to), bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    context.makeCurrent();
    downloads.download(address(from), to, bytes);
  }

  @Override
  public double peerRate(Backend peer) {
    return peer instanceof CudaBackend other && other != this
        ? peers.computeIfAbsent(other, to -> context.reach(to.context) ? PEER : STAGED_BY_DRIVER)
        : 0;
  }

  @Override
  public void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    context.makeCurrent();
    if (((CudaBuffer) to).isRecycled()) {
      events.order(launches, uploads);
    }
    uploadsPending = true;
    CudaBackend other = (CudaBackend) peer;
    // Its cells may still be on their way there.
    other.context.makeCurrent();
    other.settle(other.uploads);
    context.makeCurrent();
    context.check(
        cuMemcpyPeerAsync(
            address(to),
            context.context(),
            address(from),
            other.context.context(),
            bytes,
            uploads));
    // Others may take the copy from here before anything of ours has waited for it.
    settle(uploads);
  }

  private void settleAll() {
    settle(launches);
    settle(uploads);
    lanes.forEach(this::settle);
  }

  /** Waits until everything on a stream so far has ended. */
  private void settle(CUstream stream) {
    context.check(cuStreamSynchronize(stream));
  }

  @Override
  public CudaMemory memory() {
    return memory;
  }

  @Override
  public long launches() {
    return launched.getAcquire();
  }

  /** Of a lost device too: then the driver refuses all this and frees it with the context. */
  @Override
  public void close() {
    try {
      context.makeCurrent();
      settleAll();
      memory.trim();
    } finally {
      giveBack();
    }
  }

  private void giveBack() {
    context.alone(() -> {
      if (firstLaunch != null) {
        events.give(firstLaunch);
        firstLaunch = null;
      }
      opened.forEach(Runnable::run);
      opened.clear();
      return null;
    });
    arena.close();
  }
}
