package dev.reprise.runtime.cpu.code;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * Pages of memory by {@code mmap}, which are made when they are first written to. Memory of the
 * JVM's arenas is written once with zeros instead, by one thread; a handle of its own for such
 * calls would cost a start 55 ms, but generated code has {@linkplain CodeCall one} that fits. Any
 * thread, where there {@linkplain CellFunction#areThere() is code}.
 */
public final class AnonymousPages {
  private static final long READ_WRITE = 1 | 2;
  private static final long PRIVATE_ANONYMOUS = 2 | 0x20;
  private static final long REFUSED = -1;

  /** Bytes that are given back by one call, which no thread of the JVM may wait for too long. */
  private static final long PIECE = 1 << 21;

  private static final MemorySegment MAP = function("mmap");
  private static final MemorySegment UNMAP = function("munmap");

  private AnonymousPages() {}

  /**
   * Asks the system for memory.
   *
   * @return where it begins, at a page; 0 when there is none
   */
  public static long take(long bytes) {
    long at = CodeCall.withLongs(MAP, 0, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    return at == REFUSED ? 0 : at;
  }

  /**
   * Gives all of some memory back that was taken. What the system does not take, since a process
   * has tens of thousands of mappings, is lost to it.
   */
  public static void giveBack(long address, long bytes) {
    for (long at = 0; at < bytes; at += PIECE) {
      CodeCall.withLongs(UNMAP, address + at, Math.min(PIECE, bytes - at), 0, 0, 0, 0);
    }
  }

  private static MemorySegment function(String name) {
    return Linker.nativeLinker().defaultLookup().find(name).orElseThrow();
  }
}
