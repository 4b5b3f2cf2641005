package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Contents and keys for tests of the store. */
final class StoreFixture {
  private StoreFixture() {}

  static Key key(long number) {
    return ContentHash.of(MemorySegment.ofArray(new long[] {number}));
  }

  static RunFacts facts() {
    return new RunFacts("ada", "host", "a.dml", "", "1", 1_000);
  }

  /** Bytes that say how often they were given up. */
  static class Bytes implements Content {
    final AtomicInteger released = new AtomicInteger();
    private final byte[] bytes;

    Bytes(int length, int seed) {
      bytes = new byte[length];
      new java.util.Random(seed).nextBytes(bytes);
    }

    @Override
    public long bytes() {
      return bytes.length;
    }

    @Override
    public Written writeTo(ContentOutput out) throws IOException {
      ByteBuffer all = ByteBuffer.wrap(bytes);
      while (all.hasRemaining()) {
        out.write(all);
      }
      return new Written(ContentHash.of(MemorySegment.ofArray(bytes)), bytes.length);
    }

    @Override
    public void release() {
      released.incrementAndGet();
    }
  }
}
