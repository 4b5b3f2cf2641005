package dev.reprise.store;

import dev.reprise.store.exchange.GraphChange;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** All bytes of a content that does not lie in the graph, one after another. For one thread. */
final class StoredStream extends InputStream {
  private final Arena arena;
  private final MemorySegment content;
  private long at;

  private StoredStream(Arena arena, MemorySegment content) {
    this.arena = arena;
    this.content = content;
  }

  static InputStream of(ExperimentStore store, GraphChange.Kept kept) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      Artifact artifact =
          new Artifact(kept.key(), kept.hash(), kept.bytes(), kept.costNanos(), null);
      return new StoredStream(arena, store.contentOf(artifact, arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public int read() {
    return at < content.byteSize() ? content.get(ValueLayout.JAVA_BYTE, at++) & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    int count = (int) Math.min(length, content.byteSize() - at);
    if (count == 0 && length > 0) {
      return -1;
    }
    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    arena.close();
  }
}
