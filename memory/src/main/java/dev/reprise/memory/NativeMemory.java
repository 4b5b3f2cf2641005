package dev.reprise.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of the system, one shared arena per piece: a slab of small buffers, a chunk of middle
 * ones, or one large buffer. Opening and closing an arena costs 20 to 70 us, which pooling makes
 * rare.
 *
 * <p>Measured against {@code malloc} through a linker handle: the first handle costs 55 ms of a
 * start, the first arena 7 ms; an arena fills with zeros, which adds a tenth to the 0.4 to 1.2 ms
 * per MB that touching new pages takes anyway. Huge pages, which need such a handle to ask for,
 * took 0.2 to 0.9 ms per MB in memory that the virtual machine had touched lately and 1.6 to 2.0
 * else, small ones 1.0 to 1.15 and 1.1 to 1.4: no clear gain, so there are none.
 */
final class NativeMemory {

  private NativeMemory() {}

  /** A piece of memory, valid until {@link #free}. */
  record Region(Arena arena, MemorySegment segment) {

    /** The pool knows when memory is in use, so accesses need not ask the arena each time. */
    static Region of(Arena arena, long address, long bytes) {
      return new Region(arena, MemorySegment.ofAddress(address).reinterpret(bytes));
    }

    void free() {
      arena.close();
    }
  }

  /**
   * Asks the system for memory.
   *
   * @param alignment a power of two
   * @return null when the system has none
   */
  static Region allocate(long bytes, long alignment) {
    Arena arena = Arena.ofShared();
    try {
      long address = arena.allocate(bytes, alignment).address();
      return Region.of(arena, address, bytes);
    } catch (OutOfMemoryError e) {
      arena.close();
      return null;
    }
  }
}
