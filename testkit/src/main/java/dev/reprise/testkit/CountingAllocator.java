package dev.reprise.testkit;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ResourceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator for tests: counts what is not given back, fills new memory with NaN so that a kernel
 * which reads what it never wrote is seen, and refuses what goes beyond a budget. Thread-safe.
 */
public final class CountingAllocator implements Allocator {
  private final long budgetBytes;
  private final AtomicLong liveBytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();
  private final AtomicInteger liveBuffers = new AtomicInteger();

  public CountingAllocator() {
    this(Long.MAX_VALUE);
  }

  public CountingAllocator(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /** Buffers that were handed out and not released. */
  public int liveBuffers() {
    return liveBuffers.get();
  }

  /** The most bytes that were in use at once. */
  public long peakBytes() {
    return peakBytes.get();
  }

  @Override
  public long budgetBytes() {
    return budgetBytes;
  }

  @Override
  public Buffer allocate(long bytes) {
    if (bytes > budgetBytes - liveBytes.get()) {
      throw new ResourceException("no room for " + bytes + " bytes");
    }
    peakBytes.accumulateAndGet(liveBytes.addAndGet(bytes), Math::max);
    liveBuffers.incrementAndGet();
    Arena arena = Arena.ofShared();
    MemorySegment segment = arena.allocate(Math.max(bytes, 1), 64).asSlice(0, bytes);
    segment.fill((byte) 0xff);
    return new Buffer() {
      @Override
      public MemorySegment segment() {
        return segment;
      }

      @Override
      public void release() {
        arena.close();
        liveBytes.addAndGet(-bytes);
        liveBuffers.decrementAndGet();
      }
    };
  }
}
