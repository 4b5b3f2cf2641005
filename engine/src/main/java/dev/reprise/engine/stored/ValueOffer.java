package dev.reprise.engine.stored;

import dev.reprise.formats.CellsOutput;
import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.Key;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.store.Content;
import dev.reprise.store.ContentOutput;
import dev.reprise.store.StoreClaim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A computed value on its way to the store; holds a reference, and the claim of its key if any. */
final class ValueOffer implements Content {
  /** What names and shapes add to the cells. */
  private static final long FRAME_BYTES = 64;

  /**
   * Writing a frame takes so many times as long as a matrix: cell by cell, and then it is packed.
   * In the first seconds of a process, before all that is compiled, 4 MB took a third of a second.
   */
  private static final int TEXT_FACTOR = 16;

  private final Value value;
  private final long bytes;
  private final HostMemory memory;

  // Of the thread that writes; null when it has been given back, or there was none.
  private StoreClaim claim;

  /**
   * @param value the offer takes a reference of its own
   * @param bytes what the value says that it takes
   * @param claim given back when the value is written or dropped; may be null
   */
  ValueOffer(Value value, long bytes, HostMemory memory, StoreClaim claim) {
    value.retain();
    this.value = value;
    this.bytes = bytes + FRAME_BYTES;
    this.memory = memory;
    this.claim = claim;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long writingBytes() {
    return isOfTexts(value) ? TEXT_FACTOR * bytes : bytes;
  }

  private static boolean isOfTexts(Value value) {
    return value instanceof FrameValue
        || value instanceof ListValue list
            && list.elements().stream().anyMatch(ValueOffer::isOfTexts);
  }

  @Override
  public Written writeTo(ContentOutput out) throws IOException {
    try {
      ValueContent.Fingerprint written = memory.run(() -> write(out));
      return new Written(new Key(written.high(), written.low()), written.bytes());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** One attempt: memory that is short lets the next one begin anew. */
  private ValueContent.Fingerprint write(ContentOutput out) {
    try {
      out.restart();
      return ValueContent.write(value, new Cut(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the store cut a matrix as it likes. */
  private record Cut(ContentOutput out) implements CellsOutput {
    @Override
    public boolean takesCells(long rows, long columns, int cellBytes) {
      return out.takesCells(rows, columns, cellBytes);
    }

    @Override
    public void cells(MemorySegment cells, long rows, int columns, int cellBytes)
        throws IOException {
      out.cells(cells, rows, columns, cellBytes);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return out.write(bytes);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Override
  public boolean isAwaited() {
    return claim != null;
  }

  @Override
  public void postpone() {
    StoreClaim held = claim;
    claim = null;
    if (held != null) {
      held.close();
    }
  }

  @Override
  public void release() {
    try {
      value.release();
    } finally {
      postpone();
    }
  }
}
