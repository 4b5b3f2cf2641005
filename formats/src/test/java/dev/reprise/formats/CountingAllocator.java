package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives memory full of rubbish and counts what is not returned. */
final class CountingAllocator implements Allocator {
  final AtomicInteger open = new AtomicInteger();

  @Override
  public Buffer allocate(long bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes), 64).fill((byte) 0x5A);
    open.incrementAndGet();
    return new Buffer() {
      @Override
      public MemorySegment segment() {
        return segment;
      }

      @Override
      public void release() {
        open.decrementAndGet();
      }
    };
  }
}
