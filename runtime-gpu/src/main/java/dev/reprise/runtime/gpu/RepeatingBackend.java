package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.RepeatedLoop.Iteration;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backend that notices when a loop's iterations launch the same again and again, holds such an
 * iteration back, and issues it as one when the last launch that is expected has come; or in
 * stretches, if somebody waits at the same places of each. What an iteration launches is compared
 * launch by launch with what is expected; with the first difference, or when somebody waits
 * elsewhere, all is issued as it came. So results never depend on what is replayed.
 *
 * <p><b>What is held.</b> Launches, copies within the device and products; the host's side of each
 * operation runs as ever. Launches that are held read what is pinned or kept, and write what is
 * kept for this iteration alone ({@link KeptMemory}), so nothing that happens to the pool meanwhile
 * concerns them. Uploads go ahead: they are into memory that no held launch uses.
 *
 * <p><b>Threads.</b> As {@link Backend} says. The worker issues before it waits for anything; who
 * else waits for a mark makes it issue soon (see {@link HeldLaunches}).
 */
final class RepeatingBackend implements Backend {
  /** Loops that are remembered, the one used longest ago forgotten first. */
  private static final int MOST_LOOPS = 16;

  /** How often memory that is kept may be wanted elsewhere before nothing is kept any more. */
  private static final int MOST_SHORTAGES = 3;

  /** After so many iterations at once a shortage is forgotten. */
  private static final int FORGIVEN = 100;

  private final Backend device;
  private final Products products;
  private final CompressedProducts compressedProducts;

  // All below is the worker's, but for what is volatile.
  private final Map<Object, RepeatedLoop> loops =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, RepeatedLoop> eldest) {
          boolean tooMany = size() > MOST_LOOPS;
          if (tooMany) {
            eldest.getValue().forget();
          }
          return tooMany;
        }
      };

  // The loop whose iteration is under way, null outside of all.
  private Object key;
  private RepeatedLoop loop;
  private Iteration iteration = new Iteration();

  // The iteration under way has come as expected so far, and more is expected of it.
  private boolean isExpected;

  // With which launch of the iteration the stretch under way begins.
  private int stretch;

  // Somebody waited in the midst of one of its stretches.
  private boolean isInPieces;

  // All that was expected of the iteration under way has come, and was issued at once.
  private boolean isIssued;
  private int shortages;
  private final AtomicLong unused = new AtomicLong();
  private volatile Thread worker;

  // Launches of the task under way may have been issued with others.
  private boolean partial;

  // Written by the worker; null when nothing is held back.
  private volatile HeldLaunches held;
  private volatile long replays;

  /**
   * @param device owned from now on
   */
  RepeatingBackend(Backend device) {
    this.device = device;
    this.products = device.products() == null ? null : new NotedProducts(device.products(), this);
    this.compressedProducts =
        device.compressedProducts() == null ? null : new PlainCompressedProducts();
  }

  /** The device itself. */
  Backend device() {
    return device;
  }

  // ---- iterations

  /**
   * A loop begins an iteration. By the worker.
   *
   * @param of the loop, compared by identity
   * @param ended whether an iteration of the same loop ends here
   * @return false when its iterations are parts of those of the loop around it
   */
  boolean repeats(Object of, boolean ended) {
    worker = Thread.currentThread();
    if (!device.replays()) {
      return true;
    }
    RepeatedLoop known = loops.get(of);
    if (known != null && known.isTiny()) {
      return false;
    }
    if (shortages > MOST_SHORTAGES) {
      issueHeld();
      key = null;
      loop = null;
      iteration = new Iteration();
      return true;
    }
    if (ended && key != null && key == of) {
      endIteration();
    } else {
      issueHeld();
    }
    begin(of);
    return true;
  }

  private void endIteration() {
    if (isExpected && loop.isWhole(iteration)) {
      // The last that was expected was memory, not a launch.
      issueStretch();
    }
    if (isExpected) {
      breakOff();
    } else if (!isIssued || !loop.isWhole(iteration)) {
      loop.ended(iteration);
    }
  }

  /** Issues the stretch under way at once, or else launch by launch, and goes on to the next. */
  private void issueStretch() {
    HeldLaunches window = held;
    if (window != null) {
      if (!loop.replay(stretch, window.launches())) {
        issueHeld();
        loop.brokeOff(true);
        return;
      }
      held = null;
      issued(window);
    }
    if (loop.isWhole(iteration)) {
      endExpected();
    } else {
      beginStretch(iteration.launches().size());
    }
  }

  private void endExpected() {
    isExpected = false;
    if (isInPieces) {
      return;
    }
    isIssued = true;
    loop.cameWhole();
    replays++;
    if (replays % FORGIVEN == 0 && shortages > 0) {
      shortages--;
    }
  }

  private void begin(Object of) {
    key = of;
    loop = loops.computeIfAbsent(of, _ -> new RepeatedLoop(device, unused));
    iteration = new Iteration();
    isIssued = false;
    isInPieces = false;
    isExpected = loop.begin();
    if (isExpected) {
      beginStretch(0);
    }
  }

  private void beginStretch(int first) {
    stretch = first;
    held = loop.isHeld(first) ? new HeldLaunches(() -> issueEarly(true)) : null;
  }

  /** Iterations that were issued as one. Any thread. */
  long replayed() {
    return replays;
  }

  /** True while launches that come may be held back. By the worker. */
  boolean mayHold() {
    return held != null;
  }

  /** True when launches are held back. By the worker. */
  boolean isHolding() {
    HeldLaunches window = held;
    return window != null && !window.launches().isEmpty();
  }

  /** True when somebody waits for launches that are held back. By the worker. */
  boolean isDemanded() {
    HeldLaunches window = held;
    return window != null && window.isDemanded();
  }

  /** Issues what is held back, launch by launch, and expects no more of this iteration. */
  private void issueHeld() {
    isExpected = false;
    issueInPieces();
  }

  private void issueInPieces() {
    HeldLaunches window = held;
    held = null;
    if (window == null || window.launches().isEmpty()) {
      return;
    }
    try {
      for (Launch launch : window.launches()) {
        launch.issue(device);
      }
    } catch (RuntimeException | Error e) {
      window.failed(failure(e));
      return;
    }
    issued(window);
  }

  private void issued(HeldLaunches window) {
    try {
      window.issued(device.mark());
    } catch (RuntimeException | Error e) {
      window.failed(failure(e));
    }
  }

  private static DeviceException failure(Throwable e) {
    return e instanceof DeviceException known
        ? known
        : new DeviceException(String.valueOf(e.getMessage()), false);
  }

  /**
   * Something else comes than is expected: issues what is held back, launch by launch, and holds no
   * more of this iteration.
   */
  private void breakOff() {
    if (isExpected) {
      partial |= isHolding();
      issueHeld();
      if (!isInPieces) {
        loop.brokeOff(true);
      }
    }
  }

  /**
   * Issues what is held back, launch by launch, since somebody waits for it, and holds nothing back
   * until the next stop.
   *
   * @param again whether later iterations are likely to come to the same; once in each iteration
   *     that is held against the loop
   */
  void issueEarly(boolean again) {
    if (!isHolding()) {
      return;
    }
    partial = true;
    issueInPieces();
    boolean isStop = loop.waited(iteration.launches().size());
    if (!isStop && !isInPieces) {
      loop.brokeOff(again);
    }
    isInPieces = true;
    isExpected = loop.isPrepared();
  }

  /** True when the launch is held back: then it has been made. By the worker. */
  boolean holds(Launch launch) {
    if (!isExpected) {
      return false;
    }
    if (!loop.expects(iteration.launches().size(), launch)) {
      breakOff();
      return false;
    }
    HeldLaunches window = held;
    if (window == null) {
      return false;
    }
    iteration.add(launch);
    window.launches().add(launch);
    if (loop.isAtStop(iteration)) {
      partial = true;
      issueStretch();
    }
    return true;
  }

  private void submit(Launch launch) {
    if (!holds(launch)) {
      launch.issue(device);
      note(launch);
    }
  }

  /** A launch of the iteration under way was made. By the worker. */
  void note(Launch launch) {
    if (loop != null) {
      iteration.add(launch);
      if (isExpected && loop.isAtStop(iteration)) {
        issueStretch();
      }
    }
  }

  /** Before the device is asked for what cannot be held back nor launched again by itself. */
  private void beforeOther() {
    breakOff();
    iteration.spoil();
  }

  // ---- launches

  @Override
  public void run(String kernel, Precision precision, long items, Object... arguments) {
    submit(Launch.items(null, kernel, precision, items, arguments));
  }

  @Override
  public void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... arguments) {
    submit(Launch.groups(null, kernel, precision, groups, groupSize, arguments));
  }

  @Override
  public GeneratedKernels.Language language() {
    return device.language();
  }

  @Override
  public void run(
      GeneratedKernels kernels, String name, Precision precision, long items, Object... arguments) {
    submit(Launch.items(kernels, name, precision, items, arguments));
  }

  @Override
  public void runGroups(
      GeneratedKernels kernels,
      String name,
      Precision precision,
      long groups,
      int groupSize,
      Object... arguments) {
    submit(Launch.groups(kernels, name, precision, groups, groupSize, arguments));
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    submit(Launch.copy(from, fromByte, to, toByte, bytes));
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    submit(Launch.zero(buffer, bytes));
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public CompressedProducts compressedProducts() {
    return compressedProducts;
  }

  /** Products of compressed matrices are never held back. */
  private final class PlainCompressedProducts implements CompressedProducts {
    private final CompressedProducts library = device.compressedProducts();

    @Override
    public String library() {
      return library.library();
    }

    @Override
    public boolean takes(long rows, long cols, long nonZeros, long n) {
      return library.takes(rows, cols, nonZeros, n);
    }

    @Override
    public void multiply(
        Precision precision,
        Rows x,
        DeviceBuffer y,
        long n,
        DeviceBuffer out,
        java.util.function.LongFunction<DeviceBuffer> scratch) {
      beforeOther();
      library.multiply(precision, x, y, n, out, scratch);
    }
  }

  // ---- everything else

  @Override
  public AcceleratorInfo info() {
    return device.info();
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    beforeOther();
    device.read(from, to, bytes);
  }

  @Override
  public Mark mark() {
    HeldLaunches window = held;
    if (window != null && !window.launches().isEmpty()) {
      return window.mark();
    }
    Mark mark = device.mark();
    if (partial) {
      partial = false;
      return new UnmeasuredMark(mark);
    }
    return mark;
  }

  /** Behind launches some of which were issued, and measured, with others. */
  private record UnmeasuredMark(Mark mark) implements Mark {
    @Override
    public boolean isReached() {
      return mark.isReached();
    }

    @Override
    public void await() {
      mark.await();
    }

    @Override
    public long nanos() {
      return mark.nanos();
    }

    @Override
    public boolean isMeasured() {
      return false;
    }

    @Override
    public void release() {
      mark.release();
    }
  }

  /** Into memory that nothing held back uses, so it need not wait for that. */
  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    device.upload(from, to, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    device.download(from, to, bytes);
  }

  @Override
  public double peerRate(Backend peer) {
    return device.peerRate(((RepeatingBackend) peer).device);
  }

  @Override
  public void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    device.copyFromPeer(((RepeatingBackend) peer).device, from, to, bytes);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    if (Thread.currentThread() != worker || loop == null) {
      return device.allocate(bytes);
    }
    if (isExpected && !loop.expectsAllocation(iteration.allocations().size(), bytes)) {
      breakOff();
    }
    DeviceBuffer buffer = loop.replaced(iteration, bytes);
    if (buffer == null) {
      buffer = device.allocate(bytes);
    }
    iteration.allocated(bytes);
    return buffer;
  }

  @Override
  public long partAlignment() {
    return device.partAlignment();
  }

  /** Of a buffer that is pinned: launches that are held back may read it. */
  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    return device.part(whole, firstByte, bytes);
  }

  /** A buffer that is kept for this allocation, or null. By the worker. */
  DeviceBuffer kept(long bytes) {
    if (Thread.currentThread() != worker || loop == null) {
      return null;
    }
    DeviceBuffer buffer = loop.kept(iteration, bytes);
    if (buffer != null) {
      iteration.allocated(bytes);
    }
    return buffer;
  }

  /** Gives up the memory that is kept, since it is short. By the worker. */
  boolean forget() {
    issueHeld();
    boolean some = unused.get() > 0;
    if (some) {
      shortages++;
    }
    iteration.spoil();
    loops.values().forEach(RepeatedLoop::forget);
    return some;
  }

  @Override
  public long launches() {
    return device.launches();
  }

  @Override
  public BufferPool<?, ?> memory() {
    return device.memory();
  }

  /** Buffers that were handed out and not released, less those that are kept for iterations. */
  long liveBuffers() {
    return memory().live() - unused.get();
  }

  /** When the worker has ended. */
  @Override
  public void close() {
    held = null;
    try {
      for (RepeatedLoop each : loops.values()) {
        each.forget();
      }
      loops.clear();
    } finally {
      device.close();
    }
  }
}
