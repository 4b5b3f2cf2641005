package dev.reprise.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * All bytes of a content, one after another. Of one that lies in pieces only a block of rows is in
 * memory at a time: it may be larger than the memory is. For one thread.
 */
final class StoredStream extends InputStream {
  private final Arena arena = Arena.ofShared();

  /** Null for a content that was in one piece. */
  private final Layout layout;

  private final PieceReader pieces;

  /** What of it can be read now, and where the next byte stands. */
  private MemorySegment part;

  private long at;
  private int nextBlock;

  /** Room for a block; null until one was read. */
  private MemorySegment room;

  private StoredStream(ExperimentStore store, Artifact artifact) throws IOException {
    try {
      layout = store.contents().layoutOf(artifact.hash());
      if (layout == null) {
        pieces = null;
        part = store.contentOf(artifact, arena);
      } else if (layout.bytes() != artifact.bytes()) {
        throw new DamagedContentException("the layout of a content was damaged");
      } else {
        pieces = new PieceReader(store.pieces(), layout);
        part = MemorySegment.ofArray(layout.header());
      }
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  static InputStream of(ExperimentStore store, Artifact artifact) throws IOException {
    return artifact.isInline()
        ? new ByteArrayInputStream(artifact.content())
        : new StoredStream(store, artifact);
  }

  /** False at the end. */
  private boolean fill() throws IOException {
    while (at == part.byteSize()) {
      if (layout == null || nextBlock == layout.blocks()) {
        return false;
      }
      if (room == null) {
        // None has more bytes than the first one.
        room = arena.allocate(layout.bytesOf(0));
      }
      part = room.asSlice(0, layout.bytesOf(nextBlock));
      pieces.readBlock(nextBlock++, part);
      at = 0;
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    return fill() ? part.get(ValueLayout.JAVA_BYTE, at++) & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = (int) Math.min(length, part.byteSize() - at);
    MemorySegment.copy(part, ValueLayout.JAVA_BYTE, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    arena.close();
  }
}
