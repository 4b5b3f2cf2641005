package dev.reprise.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * The disk as a place for values: copies with length and checksum under a budget, moved by threads
 * of its own.
 *
 * <pre>{@code
 * whoever needs room --spill--> queue --> writer --> store     frees host memory
 * whoever needs a value -read-> queue --> reader <-- store     into memory that the asker took
 * a probe ----- wants it soon ----> queue --> fetcher: takes memory, then asks the reader
 * }</pre>
 *
 * <p><b>Nothing is opened before the first spill</b>: no file, no thread. A write that fails makes
 * the disk count as full at what it holds: spilling ends, and what was to be spilled is dropped or
 * stays where it is.
 *
 * <p><b>Threads.</b> The two I/O threads wait for nothing but the disk, so that everybody may wait
 * for them, whatever he holds. The fetcher may wait for memory, and nobody waits for it but by a
 * handle. Nobody interrupts any of them.
 */
public final class DiskTier implements AutoCloseable {
  /** Where the averages start: a solid-state disk behind a file system's cache. */
  private static final double WRITE_BYTES_PER_SECOND = 500e6;

  private static final double READ_BYTES_PER_SECOND = 1000e6;

  private static final long CHECKSUM_BLOCK = 1 << 20;

  private final SpillStore.Opener opener;
  private final MoveEvents events;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor writer = thread("reprise-spill");
  private final ThreadPoolExecutor reader = thread("reprise-restore");
  private final ThreadPoolExecutor fetcher = thread("reprise-fetch");
  private final Bandwidth writing = new Bandwidth(WRITE_BYTES_PER_SECOND);
  private final Bandwidth reading = new Bandwidth(READ_BYTES_PER_SECOND);
  private final AtomicLong spills = new AtomicLong();
  private final AtomicLong spilledBytes = new AtomicLong();
  private final AtomicLong restores = new AtomicLong();
  private final AtomicLong restoredBytes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong writeErrors = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private final AtomicLong pages = new AtomicLong();
  private final AtomicLong pagedBytes = new AtomicLong();

  private final DiskSpace space;

  // Written by the writer thread; published to the reader by the copy that it returns.
  private volatile SpillStore store;
  // Publishes that no store could be opened: there is no disk then.
  private volatile boolean unusable;
  // Whom to ask for room on the disk; published by the thread that wires the session.
  private volatile LongPredicate roomMaker = bytes -> false;

  /**
   * @param budgetBytes most bytes on the disk; negative for half of what is free at the first spill
   * @param opener makes the store
   */
  public DiskTier(long budgetBytes, SpillStore.Opener opener) {
    this(budgetBytes, opener, MoveEvents.NONE);
  }

  /** As the other; {@code events} hears of every value that is written or read. */
  public DiskTier(long budgetBytes, SpillStore.Opener opener, MoveEvents events) {
    this(budgetBytes, opener, System::nanoTime, events);
  }

  DiskTier(long budgetBytes, SpillStore.Opener opener, LongSupplier nanoTime) {
    this(budgetBytes, opener, nanoTime, MoveEvents.NONE);
  }

  private DiskTier(
      long budgetBytes, SpillStore.Opener opener, LongSupplier nanoTime, MoveEvents events) {
    this.events = events;
    this.space = new DiskSpace(budgetBytes);
    this.opener = opener;
    this.nanoTime = nanoTime;
  }

  private static ThreadPoolExecutor thread(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(null, work, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Sets who drops copies that are worth less than a value's life: given bytes, true if it did. */
  public void makeRoomWith(LongPredicate roomMaker) {
    this.roomMaker = roomMaker;
  }

  /** Estimated time of writing a value. */
  public double writeNanos(long bytes) {
    return writing.nanosFor(bytes);
  }

  /** Estimated time of reading a value back. */
  public double readNanos(long bytes) {
    return reading.nanosFor(bytes);
  }

  /** False when values of that size cannot come here, now or later. */
  public boolean mayTake(long bytes) {
    return !unusable && space.mayTake(bytes);
  }

  /** Whether there is room for so many bytes at this moment. */
  public boolean hasRoomFor(long bytes) {
    return !unusable && space.hasRoomFor(bytes);
  }

  // ---- the writer

  /** Runs on the writer thread; null when the tier is closed. The move may wait for nothing. */
  public <T> Future<T> onWriter(Callable<T> move) {
    return submit(writer, move);
  }

  /** Runs on the fetching thread, which may wait for memory; null when the tier is closed. */
  public Future<Void> onFetcher(Runnable move) {
    return submit(
        fetcher,
        () -> {
          move.run();
          return null;
        });
  }

  /** Waits for the moves to disk that have been asked for so far. */
  public void awaitWrites() {
    awaitQueue(onWriter(() -> null));
  }

  /** Waits for the values that have been asked for ahead of their use so far. */
  public void awaitFetches() {
    awaitQueue(onFetcher(() -> {}));
  }

  private static void awaitQueue(Future<?> last) {
    if (last != null) {
      join(last);
    }
  }

  private static <T> Future<T> submit(ThreadPoolExecutor thread, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    try {
      thread.execute(task);
      return task;
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  /** Waits for a move whatever happens; moves end as fast as the disk is. */
  public static <T> T join(Future<T> move) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return move.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("a move between memory and disk failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes a copy; null when there is no room or the disk fails. On the writer thread only. */
  DiskCopy write(MemorySegment bytes) {
    if (!open()) {
      return null;
    }
    long position = place(bytes.byteSize());
    if (position < 0) {
      refused.incrementAndGet();
      return null;
    }
    return write(position, bytes);
  }

  /** As {@link #write(MemorySegment)}, but nothing else makes room for the copy. */
  DiskCopy writeAhead(MemorySegment bytes) {
    long position = open() ? space.take(bytes.byteSize()) : -1;
    return position < 0 ? null : write(position, bytes);
  }

  private DiskCopy write(long position, MemorySegment bytes) {
    long size = bytes.byteSize();
    try {
      long start = nanoTime.getAsLong();
      int checksum = checksum(bytes);
      store.write(position, bytes);
      long nanos = nanoTime.getAsLong() - start;
      writing.measured(size, nanos);
      spills.incrementAndGet();
      spilledBytes.addAndGet(size);
      events.writtenToDisk(size, start, nanos);
      return new DiskCopy(position, size, checksum);
    } catch (IOException | RuntimeException e) {
      writeErrors.incrementAndGet();
      space.refused(position, size);
      return null;
    } catch (Throwable e) {
      space.refused(position, size);
      throw e;
    }
  }

  private boolean open() {
    if (store != null || unusable) {
      return !unusable;
    }
    try {
      SpillStore opened = opener.open();
      space.opened(opened.usableBytes());
      store = opened;
    } catch (IOException | RuntimeException e) {
      writeErrors.incrementAndGet();
      unusable = true;
    }
    return !unusable;
  }

  private long place(long size) {
    long position = space.take(size);
    while (position < 0 && roomMaker.test(size)) {
      position = space.take(size);
    }
    return position;
  }

  // ---- memory that lies here

  /**
   * Takes room on the disk as memory: a file of its own, mapped. Waits for the writer, and until
   * the disk has written that many zeros.
   *
   * @param bytes a multiple of a page
   * @return null when there is no room, or the store has no such files
   * @throws CancellationException when the thread is interrupted
   */
  NativeMemory.Region takePages(long bytes) {
    Future<Boolean> reserving = onWriter(() -> open() && reserve(bytes));
    if (reserving == null || !join(reserving)) {
      refused.incrementAndGet();
      return null;
    }
    Arena arena = Arena.ofShared();
    boolean isThere = false;
    try {
      MemorySegment mapped = store.map(bytes, arena);
      isThere = mapped != null;
      return isThere ? NativeMemory.Region.of(arena, mapped.address(), bytes) : null;
    } catch (ClosedByInterruptException e) {
      throw new CancellationException("interrupted");
    } catch (IOException e) {
      writeErrors.incrementAndGet();
      return null;
    } finally {
      if (!isThere) {
        arena.close();
        space.giveBackReserved(bytes);
      }
    }
  }

  private boolean reserve(long bytes) {
    boolean reserved = space.reserve(bytes);
    while (!reserved && roomMaker.test(bytes)) {
      reserved = space.reserve(bytes);
    }
    return reserved;
  }

  /** Gives room back that was taken as memory, and is not mapped any more. */
  void giveBackPages(long bytes) {
    space.idle(-bytes);
    space.giveBackReserved(bytes);
  }

  /** So many bytes more that are mapped are not in use (less, when negative). */
  void pagesIdle(long bytes) {
    space.idle(bytes);
  }

  /** Counts a value that lies here. */
  void paged(long bytes) {
    pages.incrementAndGet();
    pagedBytes.addAndGet(bytes);
  }

  // ---- the reader

  /**
   * Fills the segment with a copy, which stays. Waits for the reader thread.
   *
   * @throws DamagedCopyException when the bytes are not those that were written
   */
  void read(DiskCopy copy, MemorySegment into) {
    Future<DamagedCopyException> move = submit(reader, () -> readNow(copy, into));
    DamagedCopyException problem =
        move == null ? damagedCopy(copy, "the session is closed", null) : join(move);
    if (problem != null) {
      throw problem;
    }
  }

  private DamagedCopyException readNow(DiskCopy copy, MemorySegment into) {
    try {
      MemorySegment bytes = into.asSlice(0, copy.bytes());
      long start = nanoTime.getAsLong();
      store.read(copy.position(), bytes);
      boolean intact = checksum(bytes) == copy.checksum();
      long nanos = nanoTime.getAsLong() - start;
      reading.measured(copy.bytes(), nanos);
      if (intact) {
        restores.incrementAndGet();
        restoredBytes.addAndGet(copy.bytes());
        events.readFromDisk(copy.bytes(), start, nanos);
        return null;
      }
      return damagedCopy(copy, "its checksum does not match", null);
    } catch (IOException | RuntimeException e) {
      return damagedCopy(copy, String.valueOf(e.getMessage()), e);
    }
  }

  private DamagedCopyException damagedCopy(DiskCopy copy, String reason, Throwable cause) {
    damaged.incrementAndGet();
    return new DamagedCopyException(
        "a value of "
            + ByteText.of(copy.bytes())
            + " that had been moved to disk cannot be read back: "
            + reason
            + "; run again with more --memory host=..., another --spill-folder, or --memory disk=0",
        cause);
  }

  /** Forgets a copy. */
  void free(DiskCopy copy) {
    space.giveBack(copy.position(), copy.bytes());
  }

  private static int checksum(MemorySegment bytes) {
    CRC32C crc = new CRC32C();
    for (long at = 0; at < bytes.byteSize(); at += CHECKSUM_BLOCK) {
      crc.update(bytes.asSlice(at, Math.min(CHECKSUM_BLOCK, bytes.byteSize() - at)).asByteBuffer());
    }
    return (int) crc.getValue();
  }

  /** For the error of who needs room: what stands against moving more here. */
  String whyItDoesNotHelp() {
    if (unusable) {
      return " and the disk cannot be used (see --spill-folder)";
    }
    DiskStatistics now = statistics();
    if (store != null && now.budgetBytes() == 0 && now.writeErrors() == 0) {
      return " and the disk is full (see --spill-folder)";
    }
    String used =
        now.budgetBytes() == 0
            ? ""
            : ", on disk " + ByteText.of(now.bytes()) + " of " + ByteText.of(now.budgetBytes());
    return used + (now.writeErrors() > 0 ? " (it failed to take more)" : "");
  }

  public DiskStatistics statistics() {
    DiskSpace.Use use = space.use();
    return new DiskStatistics(
        use.bytes(),
        use.peakBytes(),
        use.budgetBytes(),
        spills.get(),
        spilledBytes.get(),
        restores.get(),
        restoredBytes.get(),
        refused.get(),
        writeErrors.get(),
        damaged.get(),
        pages.get(),
        pagedBytes.get(),
        writing.bytesPerSecond(),
        reading.bytesPerSecond());
  }

  /** Ends the threads when they have done what is queued, and deletes the file. */
  @Override
  public void close() {
    boolean interrupted = false;
    for (ThreadPoolExecutor thread : new ThreadPoolExecutor[] {fetcher, writer, reader}) {
      thread.shutdown();
      while (!thread.isTerminated()) {
        try {
          thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    SpillStore open = store;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        writeErrors.incrementAndGet();
      }
    }
  }
}
