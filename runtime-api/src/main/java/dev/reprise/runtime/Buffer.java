package dev.reprise.runtime;

import java.lang.foreign.MemorySegment;

/**
 * A piece of host memory outside the Java heap, 64-byte aligned. Exactly one owner; the owner
 * releases it exactly once.
 */
public interface Buffer {

  /**
   * {@return the bytes; at least as many as were asked for, not necessarily zeroed. Usable by any
   * thread}
   */
  MemorySegment segment();

  /** Gives the memory back to where it came from. */
  void release();
}
