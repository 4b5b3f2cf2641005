package dev.reprise.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Memory of the system: a slab of small buffers, a chunk of middle ones, or one large buffer.
 *
 * <p>Small pieces have a shared arena each. Opening and closing one costs 20 to 70 us, which
 * pooling makes rare, and it is filled with zeros, by a loop that is interpreted at first. Large
 * pieces are {@link SystemPages} where there are such: their pages are made by the kernels that
 * write to them, with as many threads. 80 MiB by two threads take 24 to 33 ms then, and 37 to 49 ms
 * in an arena.
 *
 * <p>Huge pages took 0.2 to 0.9 ms per MB in memory that the virtual machine had touched lately and
 * 1.6 to 2.0 else, small ones 1.0 to 1.15 and 1.1 to 1.4: no clear gain, so there are none.
 */
final class NativeMemory {
  /** Below, an arena takes no longer. */
  static final long LEAST_PAGED = 1 << 20;

  /** Null where all memory is that of arenas. */
  private final SystemPages pages;

  NativeMemory(SystemPages pages) {
    this.pages = pages;
  }

  /**
   * A piece of memory, valid until {@link #free}.
   *
   * @param segment the pool knows when memory is in use, so accesses ask nobody
   */
  record Region(MemorySegment segment, Runnable release) {
    static Region of(Arena arena, long address, long bytes) {
      return new Region(segment(address, bytes), arena::close);
    }

    private static MemorySegment segment(long address, long bytes) {
      return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    void free() {
      release.run();
    }
  }

  /**
   * Asks the system for memory, whose content is undefined.
   *
   * @return null when the system has none
   */
  Region allocate(long bytes) {
    if (pages == null || bytes < LEAST_PAGED || !pages.areThere()) {
      return inArena(bytes);
    }
    long address = pages.take(bytes);
    return address == 0
        ? null
        : new Region(Region.segment(address, bytes), new Return(pages, address, bytes));
  }

  /** Gives pages back once, as an arena is closed: twice they might be somebody else's. */
  private static final class Return implements Runnable {
    private final SystemPages pages;
    private final long address;
    private final long bytes;
    private final AtomicBoolean isDone = new AtomicBoolean();

    Return(SystemPages pages, long address, long bytes) {
      this.pages = pages;
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public void run() {
      if (!isDone.compareAndSet(false, true)) {
        throw new IllegalStateException("memory was given back twice");
      }
      pages.giveBack(address, bytes);
    }
  }

  /** As {@link #allocate}, in an arena whatever the size. */
  static Region inArena(long bytes) {
    Arena arena = Arena.ofShared();
    try {
      long address = arena.allocate(bytes, SizeClasses.ALIGNMENT).address();
      return Region.of(arena, address, bytes);
    } catch (OutOfMemoryError e) {
      arena.close();
      return null;
    }
  }
}
