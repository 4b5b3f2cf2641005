package dev.reprise.memory;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceAllocator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The memory of one accelerator: its budget, and the matrices that have copies there.
 *
 * <pre>
 *   allocate(n)   part of a slab of the accelerator's pool
 *     short:      drop copies whose cells are elsewhere too, least recently used first
 *     still:      values that only the cache holds and that are cheaper to compute than to move
 *     still:      copy the least recently used to host memory, then drop them there
 *     still:      ResourceException: the operation runs elsewhere
 * </pre>
 *
 * <p>Copies of pinned matrices stay. Memory is asked for downwards only: whoever wants room here
 * may take host memory, and for that disk, never the other way round.
 *
 * <p><b>Threads.</b> {@link #allocate} by the accelerator's worker; the map is guarded by its lock,
 * held for a few steps; everything else by any thread.
 */
public final class DeviceMemory implements DeviceAllocator {
  /** Frees at least this share of the budget at once, as a divisor. */
  private static final long BATCH_SHARE = 32;

  /** How often it is tried to bring a matrix home in the end. */
  private static final int EVACUATIONS = 3;

  /** Copying more within a device takes longer than starting a launch. */
  private static final long LARGEST_COPIED_PART = 256 << 10;

  private final Accelerator accelerator;
  private final HostMemory host;
  private final long budgetBytes;
  private final DeviceReclaimer reclaimer;
  private final MoveEvents events;
  private final CopyTimes copyTimes;

  // Matrices with copies here, least recently used first.
  private final Map<ManagedMatrix, Boolean> residents = new LinkedHashMap<>(64, 0.75f, true);

  private final AtomicLong uploads = new AtomicLong();
  private final AtomicLong uploadedBytes = new AtomicLong();
  private final AtomicLong downloads = new AtomicLong();
  private final AtomicLong peerCopies = new AtomicLong();
  private final AtomicLong peerBytes = new AtomicLong();
  private final AtomicLong restored = new AtomicLong();
  private final AtomicLong demotions = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong reclaimed = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  // Set once: copies here no longer count as copies.
  private volatile boolean lost;

  /** Gives up values that only the cache holds; see the class. */
  @FunctionalInterface
  public interface DeviceReclaimer {
    /**
     * Drops values that nobody but the cache holds and that lie on the accelerator.
     *
     * @return true when any was dropped
     */
    boolean reclaim(DeviceMemory memory, long bytes);
  }

  /**
   * @param host where copies go that must leave
   * @param budgetBytes most bytes to use of the accelerator
   */
  public DeviceMemory(
      Accelerator accelerator, HostMemory host, long budgetBytes, DeviceReclaimer reclaimer) {
    this(accelerator, host, budgetBytes, reclaimer, MoveEvents.NONE);
  }

  /** As the other; {@code events} hears of every copy. */
  public DeviceMemory(
      Accelerator accelerator,
      HostMemory host,
      long budgetBytes,
      DeviceReclaimer reclaimer,
      MoveEvents events) {
    this.accelerator = accelerator;
    this.host = host;
    this.budgetBytes = budgetBytes;
    this.reclaimer = reclaimer;
    this.events = events;
    this.copyTimes = new CopyTimes(this);
    accelerator.limit(budgetBytes);
    host.acceleratorOpened();
  }

  public Accelerator accelerator() {
    return accelerator;
  }

  public String name() {
    return accelerator.name();
  }

  HostMemory host() {
    return host;
  }

  /** Hears that the accelerator is lost: what lies here cannot be read any more. */
  public void lose() {
    lost = true;
  }

  /** Hears that a value was made anew that was lost with the accelerator. */
  public void valueRestored() {
    restored.incrementAndGet();
  }

  public boolean isLost() {
    return lost;
  }

  public long budgetBytes() {
    return budgetBytes;
  }

  /** What copies here and from here take. */
  public CopyTimes copyTimes() {
    return copyTimes;
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    DeviceBuffer buffer = accelerator.kept(bytes);
    if (buffer != null) {
      return buffer;
    }
    buffer = tryAllocate(bytes);
    while (buffer == null) {
      if (bytes > budgetBytes || !makeRoom(bytes)) {
        throw new ResourceException(
            "not enough memory on "
                + name()
                + ": asked for "
                + ByteText.of(bytes)
                + ", the budget is "
                + ByteText.of(budgetBytes)
                + ", in use are "
                + ByteText.of(accelerator.usedBytes()));
      }
      buffer = tryAllocate(bytes);
    }
    peak.accumulateAndGet(accelerator.usedBytes(), Math::max);
    return buffer;
  }

  private DeviceBuffer tryAllocate(long bytes) {
    if (accelerator.usedBytes() + bytes > budgetBytes) {
      return null;
    }
    try {
      DeviceBuffer buffer = accelerator.allocate(bytes);
      if (accelerator.usedBytes() <= budgetBytes) {
        return buffer;
      }
      // It was rounded up.
      buffer.release();
      return null;
    } catch (DeviceException e) {
      throw e;
    } catch (ResourceException e) {
      return null;
    }
  }

  /** Frees some memory; false when nothing could be freed. */
  private boolean makeRoom(long bytes) {
    // Below it is waited for copies and for the disk.
    accelerator.issueHeld(true);
    long wanted = Math.max(bytes, budgetBytes / BATCH_SHARE);
    List<ManagedMatrix> candidates = leastRecentlyUsed();
    long freed = 0;
    for (int i = 0; i < candidates.size() && freed < wanted; i++) {
      long left = counted(dropped, candidates.get(i).dropDeviceCopy(this, false));
      if (left > 0) {
        events.dropped(name(), left);
      }
      freed += left;
    }
    if (freed == 0 && accelerator.forgetRepeated()) {
      return true;
    }
    if (freed == 0 && reclaimer.reclaim(this, wanted)) {
      reclaimed.incrementAndGet();
      return true;
    }
    for (int i = 0; i < candidates.size() && freed < bytes; i++) {
      long left = counted(demotions, candidates.get(i).dropDeviceCopy(this, true));
      if (left > 0) {
        events.demoted(name(), left);
      }
      freed += left;
    }
    return freed > 0;
  }

  private static long counted(AtomicLong counter, long freed) {
    if (freed > 0) {
      counter.incrementAndGet();
    }
    return freed;
  }

  private List<ManagedMatrix> leastRecentlyUsed() {
    synchronized (residents) {
      return new ArrayList<>(residents.keySet());
    }
  }

  // ---- by matrices

  void enter(ManagedMatrix matrix) {
    synchronized (residents) {
      residents.put(matrix, true);
    }
  }

  void used(ManagedMatrix matrix) {
    synchronized (residents) {
      residents.get(matrix);
    }
  }

  void leave(ManagedMatrix matrix) {
    synchronized (residents) {
      residents.remove(matrix);
    }
  }

  /** Copies cells to the host; any thread, waits for the device alone. */
  void download(DeviceBuffer from, MemorySegment to, long bytes) {
    long start = System.nanoTime();
    try {
      accelerator.download(from, to, bytes);
    } catch (DeviceException e) {
      if (e.isLost()) {
        lose();
      }
      throw e;
    }
    downloads.incrementAndGet();
    long nanos = System.nanoTime() - start;
    copyTimes.downloaded(bytes, nanos);
    events.downloaded(name(), bytes, start, nanos);
  }

  // ---- by the accelerator's worker

  /**
   * The matrix's cells on the accelerator, pinned there until {@link ManagedMatrix#unpin}; copied
   * there first when they are elsewhere.
   *
   * @throws ResourceException when there is no room, here or to bring the cells to the host
   */
  public DeviceOperand pin(ManagedMatrix matrix) {
    return pin(matrix, awaited -> {});
  }

  /**
   * As the other.
   *
   * @param awaited hears when cells are complete that are still being made here; launches come
   *     after that by themselves, but share its failure
   */
  public DeviceOperand pin(ManagedMatrix matrix, Consumer<Completion> awaited) {
    DeviceCopy here = matrix.tryPinOnDevice(this);
    DeviceBuffer buffer;
    if (here == null) {
      buffer = copyHere(matrix);
    } else {
      buffer = here.buffer();
      used(matrix);
      // Also one that has failed since: what reads its cells must fail, too.
      if (here.completion() != null && !here.completion().hasEnded()) {
        awaited.accept(here.completion());
      }
    }
    Shape shape = matrix.shape();
    return matrix.isCompressed()
        ? new DeviceSparse(
            shape.rows(), shape.cols(), matrix.precision(), matrix.nonZeros(), buffer)
        : new DeviceMatrix(shape.rows(), shape.cols(), matrix.precision(), buffer);
  }

  /** True when launches can read a part of a buffer that begins there. */
  boolean takesPartsAt(long firstByte) {
    long alignment = accelerator.partAlignment();
    return alignment > 0 && firstByte % alignment == 0;
  }

  /**
   * True when launches can read a part of a buffer that begins there and, if it is small, parts of
   * that length behind it as well. A loop takes its batches one behind the other: were some of them
   * parts and others copied, its iterations would not repeat each other.
   */
  public boolean takesParts(long firstByte, long bytes) {
    return takesPartsAt(firstByte)
        && (bytes > LARGEST_COPIED_PART || takesPartsAt(firstByte + bytes));
  }

  /**
   * A view's cells on the accelerator, pinned there until {@link RowsView#unpin}: a part of its
   * base's copy. Where there is none, or no part can begin there, the view is separated first, and
   * its few cells are copied.
   *
   * @param parts hears of the part, which the caller releases before the pin ends
   * @throws ResourceException when there is no room, here or on the host
   */
  public DeviceOperand pin(
      RowsView view, Consumer<Completion> awaited, Consumer<DeviceBuffer> parts) {
    ManagedMatrix whole = view.beginPin();
    if (whole != null && !view.isPartOn(whole, this)) {
      view.endPin();
      view.separate();
      whole = view.beginPin();
    }
    if (whole == null) {
      return pin(view.own(), awaited);
    }
    try {
      if (!takesPartsAt(view.firstByte())) {
        throw new ResourceException("rows on " + name() + " that others are reading elsewhere");
      }
      return part(view, whole, awaited, parts);
    } catch (Throwable e) {
      view.endPin();
      throw e;
    }
  }

  private DeviceMatrix part(
      RowsView view,
      ManagedMatrix whole,
      Consumer<Completion> awaited,
      Consumer<DeviceBuffer> parts) {
    DeviceMatrix cells = (DeviceMatrix) pin(whole, awaited);
    DeviceBuffer part;
    try {
      part = accelerator.part(cells.buffer(), view.firstByte(), view.bytes());
    } catch (Throwable e) {
      whole.unpin();
      throw e;
    }
    parts.accept(part);
    return new DeviceMatrix(view.shape().rows(), view.shape().cols(), view.precision(), part);
  }

  private DeviceBuffer copyHere(ManagedMatrix matrix) {
    DeviceCopy peer = matrix.tryPinNearer(this);
    if (peer != null) {
      DeviceBuffer buffer = copyFromPeer(matrix, peer);
      if (buffer != null) {
        return buffer;
      }
    }
    return upload(matrix);
  }

  /** Null, and the pin is given back, when either device fails at it: the host then tells which. */
  private DeviceBuffer copyFromPeer(ManagedMatrix matrix, DeviceCopy peer) {
    DeviceBuffer buffer = null;
    try {
      buffer = allocate(matrix.bytes());
      long start = System.nanoTime();
      // Two workers may wait for each other's launches.
      accelerator.issueHeld(true);
      peer.await();
      accelerator.copyFromPeer(peer.memory().accelerator, peer.buffer(), buffer, matrix.bytes());
      peerCopies.incrementAndGet();
      peerBytes.addAndGet(matrix.bytes());
      long nanos = System.nanoTime() - start;
      events.copiedFromPeer(name(), peer.memory().name(), matrix.bytes(), start, nanos);
      matrix.addDeviceCopy(this, buffer);
      return buffer;
    } catch (RuntimeException | Error e) {
      if (buffer != null) {
        buffer.release();
      }
      matrix.unpin();
      if (buffer != null && e instanceof DeviceException) {
        return null;
      }
      throw e;
    }
  }

  private DeviceBuffer upload(ManagedMatrix matrix) {
    if (!matrix.isOnHost()) {
      // The cells may come from another accelerator, whose worker may wait for cells of ours.
      accelerator.issueHeld(true);
    }
    MatrixOperand cells = matrix.pinHost();
    DeviceBuffer buffer = null;
    try {
      buffer = allocate(cells.bytes());
      long start = System.nanoTime();
      accelerator.upload(cells.buffer().segment(), buffer, cells.bytes());
      uploads.incrementAndGet();
      uploadedBytes.addAndGet(cells.bytes());
      events.uploaded(name(), cells.bytes(), start, System.nanoTime() - start);
      matrix.addDeviceCopy(this, buffer);
      return buffer;
    } catch (RuntimeException | Error e) {
      if (buffer != null) {
        buffer.release();
      }
      matrix.unpin();
      throw e;
    }
  }

  /**
   * Copies home whatever is nowhere else and drops all copies; before the accelerator closes, when
   * no operation runs. What a lost accelerator held stays lost.
   */
  public void evacuate() {
    for (ManagedMatrix matrix : leastRecentlyUsed()) {
      try {
        evacuate(matrix);
      } catch (DeviceException e) {
        lose();
      }
    }
  }

  /** Gives up when the matrix is pinned or there is no room. */
  private void evacuate(ManagedMatrix matrix) {
    for (int tries = 0; tries < EVACUATIONS && matrix.isOnDevice(this); tries++) {
      // The disk's writer may be moving it, now or again.
      host.awaitMove(() -> !matrix.isMoving());
      matrix.dropDeviceCopy(this, true);
    }
  }

  // ---- for reports

  /** What happened in this memory so far. */
  public DeviceMemoryStatistics statistics() {
    int copies;
    synchronized (residents) {
      copies = residents.size();
    }
    return new DeviceMemoryStatistics(
        name(),
        budgetBytes,
        accelerator.usedBytes(),
        peak.get(),
        copies,
        uploads.get(),
        uploadedBytes.get(),
        downloads.get(),
        copyTimes.downloadedBytes(),
        peerCopies.get(),
        peerBytes.get(),
        demotions.get(),
        dropped.get(),
        reclaimed.get(),
        restored.get(),
        lost);
  }
}
