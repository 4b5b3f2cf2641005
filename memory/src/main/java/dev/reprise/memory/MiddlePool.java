package dev.reprise.memory;

/**
 * Buffers of middle size: free ones by size as in {@link LargePool}, so that the same size finds
 * the same memory, and behind them {@link Chunks}, out of which new ones are cut.
 *
 * <p>Threads: any; the two parts have locks of their own, which are never held together.
 */
final class MiddlePool {
  /**
   * Chunks take at most this part of the budget: that much of it may lie idle between buffers in
   * use, in memory that cannot return to the system.
   */
  private static final int SHARE = 4;

  private final HostMemory memory;
  private final LargePool recyclable = new LargePool();
  private final Chunks chunks = new Chunks();

  MiddlePool(HostMemory memory) {
    this.memory = memory;
  }

  /** A buffer of at least so many bytes; null when it must have memory of its own. */
  HostBuffer take(long bytes) {
    if (bytes > Chunks.LARGEST_BUFFER) {
      return null;
    }
    HostBuffer buffer = recyclable.take(bytes);
    if (buffer != null) {
      return buffer;
    }
    Chunks.Range range = chunks.take(bytes);
    if (range == null) {
      range = takeSlow(bytes);
    }
    return range == null ? null : HostBuffer.cut(memory, range, bytes);
  }

  private Chunks.Range takeSlow(long bytes) {
    long next = chunks.nextChunkBytes();
    if (recyclable.freeBytes() >= next) {
      joinFree();
      Chunks.Range range = chunks.take(bytes);
      if (range != null) {
        return range;
      }
    }
    boolean tooMany = chunks.chunkBytes() + next > memory.budgetBytes() / SHARE;
    if (tooMany || memory.mappedBytes() + next > memory.budgetBytes()) {
      return null;
    }
    NativeMemory.Region chunk = memory.system().allocate(next);
    if (chunk == null) {
      return null;
    }
    memory.mapped(next);
    return chunks.add(chunk, bytes);
  }

  void putBack(HostBuffer buffer) {
    recyclable.putBack(buffer);
  }

  private void joinFree() {
    chunks.giveBack(recyclable.takeLargest(Long.MAX_VALUE));
  }

  /** Gives chunks without a user back to the system. */
  void trim() {
    joinFree();
    for (NativeMemory.Region chunk : chunks.takeUnused()) {
      chunk.free();
      memory.mapped(-chunk.segment().byteSize());
    }
  }
}
