package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;

/**
 * The iteration that the loop on a device is in: what it launches and allocates is compared with
 * what is known of the loop ({@link RepeatedLoop}), held back while it comes as expected, and
 * issued at once with the last launch of a stretch. With the first difference, or when somebody
 * waits, what is held is issued as it came. So results never depend on what is replayed.
 *
 * <pre>
 *             a loop begins an iteration ({@link #begins})
 *       of a loop to be watched  |  of one that is prepared
 *                |                              |
 *                v        something else        v        all has come
 *              NOTED &lt;--------------------- EXPECTED ----------------&gt; WHOLE
 *      launched one by one            stretch by stretch     what comes beyond
 *      and written down               held and issued        is launched and noted
 * </pre>
 *
 * <p>A stretch that is too short is launched as it comes, and so is what is left of one in whose
 * midst somebody waited: the iteration is <em>in pieces</em> then. It stays expected until its end,
 * but counts as one that was launched one by one.
 *
 * <p><b>What is held.</b> Launches, copies within the device and products. They read what is pinned
 * or kept, and write what is kept for this iteration alone ({@link KeptMemory}), so nothing that
 * happens to the pool meanwhile concerns them.
 *
 * <p><b>Invariants.</b> Launches are held only of an iteration that is expected. Whatever is held
 * has been written down as launched, and is issued, or fails, before anything else is launched.
 *
 * <p><b>Threads.</b> Confined to the accelerator's worker, but for what says that anybody may call
 * it. The worker calls for each launch and allocation ({@link RepeatingBackend}), says where
 * iterations begin, and has issued what is held before it waits for anything; who else waits for a
 * mark makes it issue soon ({@link HeldLaunches}).
 */
final class IterationUnderWay implements AutoCloseable {
  private final Backend device;
  private final RepeatedLoops loops;

  // Written by the worker; others see that they are not the worker.
  private volatile Thread worker;

  // The loop, null outside of all, and what it is known by.
  private RepeatedLoop loop;
  private Object key;

  private LaunchedIteration soFar = new LaunchedIteration();

  // All has come as expected so far, and more is expected.
  private boolean isExpected;

  // With which launch the stretch under way begins.
  private int stretch;

  // Null when nothing is held back of the stretch under way.
  private HeldLaunches held;

  // Somebody waited in the midst of a stretch.
  private boolean isInPieces;

  // All that was expected has come, and was issued at once.
  private boolean isIssued;

  // Launches since the last mark of the device may have been issued with others.
  private boolean isMixed;

  /**
   * @param device launches what is issued; not owned
   */
  IterationUnderWay(Backend device) {
    this.device = device;
    this.loops = new RepeatedLoops(device);
  }

  // ---- where iterations begin and end

  /**
   * A loop begins an iteration.
   *
   * @param of the loop, compared by identity
   * @param ended whether an iteration of the same loop ends here
   * @return false when its iterations are parts of those of the loop around it
   */
  boolean begins(Object of, boolean ended) {
    worker = Thread.currentThread();
    if (!device.replays()) {
      return true;
    }
    if (loops.isTiny(of)) {
      return false;
    }
    if (!loops.mayKeepMemory()) {
      issueHeld();
      leaveLoop();
      return true;
    }
    if (ended && key != null && key == of) {
      end();
    } else {
      issueHeld();
    }
    begin(of);
    return true;
  }

  private void leaveLoop() {
    key = null;
    loop = null;
    soFar = new LaunchedIteration();
  }

  private void end() {
    if (isExpected && loop.isWhole(soFar)) {
      // The last that was expected was memory, not a launch.
      issueStretch();
    }
    if (isExpected) {
      breakOff();
    } else if (!isIssued || !loop.isWhole(soFar)) {
      loop.ended(soFar);
    }
  }

  private void begin(Object of) {
    key = of;
    loop = loops.of(of);
    soFar = new LaunchedIteration();
    isIssued = false;
    isInPieces = false;
    isExpected = loop.begin();
    if (isExpected) {
      beginStretch(0);
    }
  }

  private void beginStretch(int first) {
    stretch = first;
    held = loop.isHeld(first) ? new HeldLaunches(device, () -> issueEarly(true)) : null;
  }

  /** Iterations that were issued at once. Any thread. */
  long replays() {
    return loops.replays();
  }

  // ---- launches, each offered before it is made

  /** True within a loop whose iterations are, or may come to be, issued at once. */
  boolean mayRepeat() {
    return loop != null && !loop.isLeftAlone();
  }

  /** True when the launch is held back: then it counts as made. */
  boolean holds(Launch launch) {
    if (!isExpected) {
      return false;
    }
    if (!loop.expects(soFar.launches().size(), launch)) {
      breakOff();
      return false;
    }
    HeldLaunches window = held;
    if (window == null) {
      return false;
    }
    soFar.add(launch);
    window.add(launch);
    if (loop.isAtStop(soFar)) {
      isMixed = true;
      issueStretch();
    }
    return true;
  }

  /** A launch was made that was not held back. */
  void note(Launch launch) {
    if (loop == null) {
      return;
    }
    soFar.add(launch);
    if (isExpected && loop.isAtStop(soFar)) {
      issueStretch();
    }
  }

  /** Before the device is asked for what cannot be held back nor launched again by itself. */
  void beforeOther() {
    breakOff();
    soFar.spoil();
  }

  // ---- issuing

  /** True while launches that come may be held back. */
  boolean mayHold() {
    return held != null;
  }

  /** True when launches are held back. */
  boolean isHolding() {
    HeldLaunches window = held;
    return window != null && !window.isEmpty();
  }

  /** True when somebody waits for launches that are held back. */
  boolean isDemanded() {
    HeldLaunches window = held;
    return window != null && window.isDemanded();
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
      window.issued();
    }
    if (loop.isWhole(soFar)) {
      endExpected();
    } else {
      beginStretch(soFar.launches().size());
    }
  }

  private void endExpected() {
    isExpected = false;
    if (isInPieces) {
      return;
    }
    isIssued = true;
    loop.cameWhole();
    loops.replayed();
  }

  /**
   * Something else comes than is expected: issues what is held back, launch by launch, and holds no
   * more of this iteration.
   */
  private void breakOff() {
    if (!isExpected) {
      return;
    }
    isMixed |= isHolding();
    issueHeld();
    if (!isInPieces) {
      loop.brokeOff(true);
    }
  }

  /**
   * Issues what is held back, launch by launch, since somebody waits for it, and holds nothing back
   * until the next stop.
   *
   * @param again whether later iterations are likely to come to the same; once in each iteration
   *     that is held against the loop. When the program was just late they are not, and no stop is
   *     made of it: on a busy machine all places would be stops before long
   */
  void issueEarly(boolean again) {
    if (!isHolding()) {
      return;
    }
    isMixed = true;
    issueOneByOne();
    boolean isStop = again && loop.waited(soFar.launches().size());
    if (!isStop && !isInPieces) {
      loop.brokeOff(again);
    }
    isInPieces = true;
    isExpected = loop.isPrepared();
  }

  /** Issues what is held back, launch by launch, and expects no more of this iteration. */
  private void issueHeld() {
    isExpected = false;
    issueOneByOne();
  }

  private void issueOneByOne() {
    HeldLaunches window = held;
    held = null;
    if (window != null && !window.isEmpty()) {
      window.issueOneByOne();
    }
  }

  /** A mark behind everything launched or held back so far. */
  Mark mark() {
    if (isHolding()) {
      return held.mark();
    }
    Mark mark = device.mark();
    if (isMixed) {
      isMixed = false;
      return new UnmeasuredMark(mark);
    }
    return mark;
  }

  // ---- memory

  /** A buffer that is kept for the allocation that comes, or null. Any thread. */
  DeviceBuffer kept(long bytes) {
    if (isOutside()) {
      return null;
    }
    DeviceBuffer buffer = loop.kept(soFar, bytes);
    if (buffer != null) {
      soFar.allocated(bytes);
    }
    return buffer;
  }

  /** A new buffer, which the loop keeps if it keeps any for this allocation. Any thread. */
  DeviceBuffer allocate(long bytes) {
    if (isOutside()) {
      return device.allocate(bytes);
    }
    if (isExpected && !loop.expectsAllocation(soFar.allocations().size(), bytes)) {
      breakOff();
    }
    DeviceBuffer buffer = loop.replaced(soFar, bytes);
    if (buffer == null) {
      buffer = device.allocate(bytes);
    }
    soFar.allocated(bytes);
    return buffer;
  }

  /** What other threads allocate belongs to no iteration. */
  private boolean isOutside() {
    return Thread.currentThread() != worker || loop == null;
  }

  /** Gives up the memory that is kept, since it is short; false when none lay unused. */
  boolean forget() {
    issueHeld();
    soFar.spoil();
    return loops.forgetForRoom();
  }

  /** Buffers that are kept and lie unused. Any thread. */
  long unusedBuffers() {
    return loops.unused();
  }

  /** When the worker has ended. */
  @Override
  public void close() {
    held = null;
    loops.close();
  }
}
