package dev.reprise.engine.timeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Events of one thread. Written by that thread; {@code used} publishes the words below it, so that
 * anybody may read those at any time.
 */
final class Chunk {
  static final int WORDS = 4;
  static final int EVENTS = 1024;
  private static final VarHandle USED;
  private static final VarHandle NEXT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      USED = lookup.findVarHandle(Chunk.class, "used", int.class);
      NEXT = lookup.findVarHandle(Chunk.class, "next", Chunk.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long[] words = new long[WORDS * EVENTS];
  private int used;
  private Chunk next;

  /** By the owner: false when the chunk is full. */
  boolean append(long start, long nanos, long described, long amount) {
    int at = used;
    if (at == words.length) {
      return false;
    }
    words[at] = start;
    words[at + 1] = nanos;
    words[at + 2] = described;
    words[at + 3] = amount;
    USED.setRelease(this, at + WORDS);
    return true;
  }

  /** By the owner. */
  void followedBy(Chunk chunk) {
    NEXT.setRelease(this, chunk);
  }

  int used() {
    return (int) USED.getAcquire(this);
  }

  Chunk next() {
    return (Chunk) NEXT.getAcquire(this);
  }

  long word(int at) {
    return words[at];
  }
}
