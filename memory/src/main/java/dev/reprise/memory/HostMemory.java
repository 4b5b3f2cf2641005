package dev.reprise.memory;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The memory of the host: buffers off the Java heap, 64-byte aligned, under one budget.
 *
 * <pre>
 *   allocate(n)   n &lt;= 32 KiB: stripe of the thread -> common slabs -> system
 *                 n &lt;= 1 MiB:  free buffer of that size (at most 1/8 larger) -> chunks -> system
 *                 n larger:    free buffer of that size (at most 1/8 larger) -> system
 *                 more than the budget: a file on the disk, mapped
 *   release       back to the same list; memory returns to the system only under pressure
 *
 *   budget  |== used ==|-- free, recyclable --|      asked for     |
 *            handed out  trimmed when the sum would pass the budget
 * </pre>
 *
 * <p><b>Budget.</b> Used bytes never exceed it. Memory that lies free in the pools counts as
 * reclaimable: it is given back to the system when used and free together would pass the budget
 * (fragments of slabs may stay, at most one slab per size class, and of chunks, at most a quarter
 * of the budget). When used bytes alone would pass it, the {@link Reclaimer} is asked, then the
 * request is refused.
 *
 * <p><b>Threads.</b> {@link SmallBuffers} hold granted but unspent budget, which a thread in need
 * collects back ({@link HostBudget}). No lock is held while the reclaimer or the system is called
 * (fetching one slab excepted), and no two locks are held together, so nothing can deadlock. Cost:
 * about 25 ns for allocate and release of a small buffer.
 */
public final class HostMemory implements Allocator, AutoCloseable {
  /** How often nothing must be left to reclaim before a request is refused; see {@link #grant}. */
  private static final int REFUSALS = 4;

  private final HostBudget budget;
  private final NativeMemory system;
  private final SmallBuffers small;
  private final LargePool large = new LargePool();
  private final MiddlePool middle = new MiddlePool(this);
  private final AtomicLong mappedBytes = new AtomicLong();
  private final AtomicLong liveLarge = new AtomicLong();
  private final PagedBuffers paged;
  private final AtomicLong separations = new AtomicLong();
  private final Residents residents = new Residents();
  private final Moves moves = new Moves();
  private final LastResort lastResort = new LastResort();
  private final Turns turns;

  /** Null without a disk. */
  private final DiskTier disk;

  private final Relief relief;
  // Publishes the end: releases after it return their memory to the system at once.
  private volatile boolean closed;

  // Set once, when the session begins; null when nobody makes values anew.
  private volatile LostValues lostValues;

  // Set when the first accelerator is opened.
  private volatile boolean mayLoseValues;

  public HostMemory(long budgetBytes) {
    this(budgetBytes, null);
  }

  /** With memory of arenas alone. */
  public HostMemory(long budgetBytes, DiskTier disk) {
    this(budgetBytes, disk, null);
  }

  /**
   * @param disk where values go that the budget has no room for; closed by the caller, after this
   * @param pages of which large buffers are made; null where arenas are to do
   */
  public HostMemory(long budgetBytes, DiskTier disk, SystemPages pages) {
    this.budget = new HostBudget(budgetBytes);
    this.system = new NativeMemory(pages);
    this.small = new SmallBuffers(this, Runtime.getRuntime().availableProcessors());
    this.paged = new PagedBuffers(this, disk);
    this.disk = disk;
    this.turns = new Turns(disk == null ? null : lastResort);
    this.relief = new Relief(residents, disk, budgetBytes);
  }

  /** Sets whom to ask for memory under pressure, normally the cache. */
  public void reclaimWith(Reclaimer reclaimer) {
    relief.reclaimWith(reclaimer);
  }

  /** Writes values to disk when memory is nearly full, so that room is made without waiting. */
  public void writeAhead() {
    relief.beginWritingAhead();
  }

  /** Begins to bring a value back that is about to be used, unless it is there. */
  public void readAhead(Value value) {
    relief.readAhead(value);
  }

  /** Ends writing and reading ahead, and waits for what is under way; before values are counted. */
  public void settle() {
    relief.settle();
  }

  /**
   * Runs an operation that pins values and takes memory. When memory is short because others use it
   * at this moment, runs it again once they are done, alone; so an operation whose values fit
   * succeeds. The caller has nothing pinned and no buffer in hand, and a failed attempt must leave
   * nothing of the kind. Operations do not nest.
   *
   * <p>An operation that meets a value which was lost with its accelerator, or whose cells are not
   * there yet, runs again when they have been made.
   *
   * @throws ShortageException when the operation alone is too much for the budget
   * @throws LostValueException when a value cannot be made anew
   */
  public <T> T run(Supplier<T> operation) {
    while (true) {
      try {
        return turns.run(operation, true);
      } catch (LostValueException e) {
        // Each time it is another value: one that is made anew lies on the host.
        restore(e);
      } catch (AbsentValueException e) {
        // Likewise: the cells of one that was made stay.
        e.make();
      }
    }
  }

  private void restore(LostValueException lost) {
    LostValues how = lostValues;
    if (how == null) {
      throw lost;
    }
    how.restore(lost);
  }

  /**
   * As {@link #run}, by the disk's threads, who make nothing anew, and do not wait until others
   * give memory up: what these want from the disk would wait behind.
   */
  <T> T runAsItIs(Supplier<T> operation) {
    return turns.run(operation, false);
  }

  /** Hears that values may lie on an accelerator alone from now on. */
  void acceleratorOpened() {
    mayLoseValues = true;
  }

  boolean mayLoseValues() {
    return mayLoseValues;
  }

  /** Sets who makes values anew that were lost with an accelerator. */
  public void restoreLostWith(LostValues how) {
    lostValues = how;
  }

  @Override
  public Buffer allocate(long bytes) {
    if (closed) {
      throw new IllegalStateException("host memory is closed");
    }
    if (charge(bytes) > budget.bytes()) {
      return allocatePaged(bytes);
    }
    try {
      return bytes <= SizeClasses.SMALL_LIMIT ? small.allocate(bytes) : allocateLarge(bytes);
    } catch (ShortageException e) {
      if (!lastResort.isOpen()) {
        throw e;
      }
      return allocatePaged(bytes);
    }
  }

  /** What a buffer takes of the budget. */
  private static long charge(long bytes) {
    boolean isExact = bytes <= SizeClasses.SMALL_LIMIT || bytes > Long.MAX_VALUE / 2;
    return isExact ? bytes : SizeClasses.roundUp(bytes);
  }

  /** As {@link #allocate}, but null when the budget has no room at this moment. */
  Buffer tryAllocate(long bytes) {
    if (closed || bytes > budget.bytes()) {
      return null;
    }
    if (bytes > SizeClasses.SMALL_LIMIT) {
      long large = SizeClasses.roundUp(bytes);
      return tryGrant(large) ? granted(large) : null;
    }
    return small.tryAllocate(bytes);
  }

  void releaseSmall(HostBuffer buffer) {
    small.release(buffer);
    if (closed) {
      trim(Long.MAX_VALUE);
    }
  }

  private HostBuffer allocateLarge(long bytes) {
    long size = SizeClasses.roundUp(bytes);
    grant(size);
    return granted(size);
  }

  /** A buffer on the disk, mapped into memory. */
  private HostBuffer allocatePaged(long bytes) {
    HostBuffer buffer = paged.tryAllocate(bytes);
    if (buffer == null) {
      throw shortage(bytes);
    }
    return buffer;
  }

  void releasePaged(HostBuffer buffer) {
    paged.release(buffer);
    if (closed) {
      paged.trim(Long.MAX_VALUE);
    }
  }

  /** A large buffer of memory that has been granted. */
  private HostBuffer granted(long size) {
    HostBuffer buffer = middle.take(size);
    if (buffer == null) {
      buffer = large.take(size);
    }
    if (buffer == null) {
      buffer = allocateNew(size);
    }
    liveLarge.incrementAndGet();
    relief.granted(budget.granted(), size);
    return buffer.handOut(size);
  }

  private HostBuffer allocateNew(long size) {
    long excess = mappedBytes.get() + size - budget.bytes();
    if (excess > 0) {
      trim(excess);
    }
    NativeMemory.Region region = system.allocate(size);
    if (region == null) {
      trim(Long.MAX_VALUE);
      relief.makeRoom(size);
      trim(Long.MAX_VALUE);
      region = system.allocate(size);
    }
    if (region == null) {
      giveBack(size);
      throw new ResourceException(
          "the system refused "
              + ByteText.of(size)
              + " although the host budget of "
              + ByteText.of(budget.bytes())
              + " allows it; set a smaller one with --memory host=...");
    }
    mapped(size);
    return HostBuffer.large(this, region);
  }

  void releaseLarge(HostBuffer buffer) {
    liveLarge.decrementAndGet();
    long charged = buffer.chargedBytes;
    if (buffer.range == null) {
      large.putBack(buffer);
    } else {
      middle.putBack(buffer);
    }
    giveBack(charged);
    if (closed) {
      trim(Long.MAX_VALUE);
    }
  }

  /** True while an operation runs alone for lack of memory, or waits for that. */
  public boolean isShort() {
    return turns.areTaken();
  }

  /** Where memory comes from. */
  NativeMemory system() {
    return system;
  }

  /** True while a thread is short of memory: then nobody takes more than he needs. */
  boolean isInNeed() {
    return budget.isInNeed();
  }

  /** Gives bytes back that were taken out of the budget. */
  void giveBack(long granted) {
    budget.giveBack(granted);
  }

  /** Takes bytes out of the budget, asking for them back where they lie unused. */
  void grant(long bytes) {
    if (tryGrant(bytes)) {
      return;
    }
    budget.beginNeed();
    turns.inHand(1);
    try {
      for (int refusals = 0; !tryGrantAll(bytes); ) {
        long freed = bytes > budget.bytes() ? 0 : relief.makeRoom(budget.missing(bytes));
        if (freed <= 0 && ++refusals == REFUSALS) {
          throw shortage(bytes);
        }
        // Others may be about to give back what they hold: credit, or values taken from the cache.
        Thread.yield();
      }
    } finally {
      turns.inHand(-1);
      budget.endNeed();
    }
  }

  private boolean tryGrantAll(long bytes) {
    giveBack(small.takeAllCredit());
    return tryGrant(bytes);
  }

  /** Takes bytes out of the budget if it has them at this moment. */
  boolean tryGrant(long bytes) {
    return budget.tryTake(bytes);
  }

  /**
   * Gives free memory back to the system: large buffers first, then chunks and slabs that nobody
   * uses.
   */
  void trim(long bytes) {
    long wanted = mappedBytes.get() - bytes;
    for (HostBuffer each = large.takeLargest(bytes); each != null; each = each.next) {
      each.region.free();
      mapped(-each.capacity());
    }
    if (mappedBytes.get() <= wanted) {
      return;
    }
    middle.trim();
    if (mappedBytes.get() <= wanted) {
      return;
    }
    small.trim();
  }

  void mapped(long bytes) {
    mappedBytes.addAndGet(bytes);
  }

  private ShortageException shortage(long bytes) {
    boolean tooLarge = charge(bytes) > budget.bytes();
    return new ShortageException(
        "not enough host memory: asked for "
            + ByteText.of(bytes)
            + ", the budget is "
            + ByteText.of(budget.bytes())
            + (tooLarge ? "" : ", in use are " + ByteText.of(usedBytes()))
            + (disk == null ? "" : disk.whyItDoesNotHelp())
            + "; raise the budget with --memory host=... or work on smaller pieces",
        !tooLarge || disk != null && disk.mayTake(bytes));
  }

  // ---- residence

  Residents residents() {
    return residents;
  }

  DiskTier disk() {
    return disk;
  }

  void inHand(int change) {
    turns.inHand(change);
  }

  void moveEnded() {
    moves.ended();
  }

  void awaitMove(BooleanSupplier ended) {
    moves.await(ended);
  }

  // ---- views

  /**
   * Copies what is a view among the operands of an operation that is about to pin them, if memory
   * is so short that operations run one at a time: then what it needs of a matrix need not be the
   * whole of it. The caller has nothing pinned.
   */
  public void separateIfShort(Value[] operands) {
    if (turns.areTaken()) {
      RowsView.separateAll(operands);
    }
  }

  void viewSeparated() {
    separations.incrementAndGet();
  }

  /** Views that were copied after all, so far. */
  public long viewsSeparated() {
    return separations.get();
  }

  /**
   * Gives room on the disk back that nobody needs: files that are kept for later buffers, then
   * copies of values that are in memory too; false when there was none.
   */
  public boolean dropSpareDiskCopies(long bytes) {
    return paged.trim(bytes) > 0 || residents.dropSpareDiskCopies(bytes) > 0;
  }

  /** Values of the program that were moved out of host memory so far. */
  public long liveSpills() {
    return relief.liveSpills();
  }

  /** Values that were written to disk before there was need. */
  public long writtenAhead() {
    return relief.writtenAhead();
  }

  /** Operations that ran a second time, alone, because memory was short. */
  public long retries() {
    return turns.retries();
  }

  /** Bytes of all buffers handed out and not yet released, rounded up to their size classes. */
  public long usedBytes() {
    return Math.max(budget.granted() - small.creditBytes(), 0);
  }

  /** The most that was in use at once; up to 128 KiB per thread too high. */
  public long peakBytes() {
    return budget.peak();
  }

  @Override
  public long budgetBytes() {
    return budget.bytes();
  }

  /** Bytes taken from the system: used ones and free ones in the pools. */
  public long mappedBytes() {
    return mappedBytes.get();
  }

  /** Number of buffers handed out and not yet released; exact when no thread is allocating. */
  public long liveBuffers() {
    return liveLarge.get() + paged.live() + small.liveBuffers();
  }

  /** Returns memory that nobody uses now to the system. */
  public void giveBackFree() {
    trim(Long.MAX_VALUE);
  }

  /**
   * Returns all free memory to the system. Buffers that are still in use stay valid; theirs returns
   * when they are released.
   */
  @Override
  public void close() {
    closed = true;
    trim(Long.MAX_VALUE);
    paged.trim(Long.MAX_VALUE);
  }
}
