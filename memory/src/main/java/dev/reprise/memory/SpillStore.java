package dev.reprise.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Bytes outside of memory, addressed by position; {@link SpillFile} is the real one, tests have
 * others. Copies are written and read by the two I/O threads of a {@link DiskTier}, at disjoint
 * positions.
 */
public interface SpillStore extends AutoCloseable {

  /** Writes all bytes at the position. */
  void write(long position, MemorySegment bytes) throws IOException;

  /** Reads at the position until the segment is full. */
  void read(long position, MemorySegment into) throws IOException;

  /**
   * Makes memory that lies beside the store and has all its room from the beginning: what is
   * written there later finds it. By any thread.
   *
   * @param arena ends when the memory is not used any more, and its room with it
   * @return null when there is no such memory
   */
  default MemorySegment map(long bytes, Arena arena) throws IOException {
    return null;
  }

  /** Bytes that the file system could still take. */
  long usableBytes() throws IOException;

  /** Deletes everything. */
  @Override
  void close() throws IOException;

  /** Opens a store, when the first value is spilled. */
  @FunctionalInterface
  interface Opener {
    SpillStore open() throws IOException;
  }
}
