package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** A value on its way into the store: its content becomes a file, pieces or bytes of a row. */
final class OfferedValue implements RunChange.Weighed {
  private final RunTarget target;
  private final WriteBudget budget;
  private final QueuedBytes queued;
  private final Key key;
  private final Key vertex;
  private final long costNanos;
  private final Content content;
  private final long bytes;
  private byte[] inline;
  private Path draft;

  /** Null when the content lies in the draft. */
  private PieceWriter pieces;

  private Content.Written written;

  /**
   * @param key what it is to be found by
   * @param vertex its lineage key
   * @param content taken over
   * @param bytes which the queue has room for
   */
  OfferedValue(
      RunTarget target,
      WriteBudget budget,
      QueuedBytes queued,
      Key key,
      Key vertex,
      long costNanos,
      Content content,
      long bytes) {
    this.target = target;
    this.budget = budget;
    this.queued = queued;
    this.key = key;
    this.vertex = vertex;
    this.costNanos = costNanos;
    this.content = content;
    this.bytes = bytes;
  }

  @Override
  public long costNanos() {
    return costNanos;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long writingBytes() {
    return content.writingBytes();
  }

  @Override
  public boolean isAwaited() {
    return content.isAwaited();
  }

  @Override
  public void postpone() {
    content.postpone();
  }

  @Override
  public void prepare() throws IOException {
    if (target.has(key)) {
      return;
    }
    long start = System.nanoTime();
    try {
      write();
      budget.measured(writingBytes(), System.nanoTime() - start);
    } catch (StoreException e) {
      throw e;
    } catch (ResourceException e) {
      // Its cells cannot be brought back now; the others are kept all the same.
      queued.countDropped(1);
      written = null;
    }
  }

  private void write() throws IOException {
    if (bytes <= Artifact.LARGEST_INLINE_BYTES) {
      ContentOutput array = ContentOutput.toArray();
      written = content.writeTo(array);
      inline = array.bytes();
      return;
    }
    draft = target.draft();
    pieces = target.pieces();
    try (FileChannel channel = target.openDraft(draft)) {
      ContentOutput out = ContentOutput.to(channel, pieces);
      written = content.writeTo(out);
      if (!out.finish()) {
        pieces = null;
      }
    }
  }

  @Override
  public void apply(RunChanges updates) throws SQLException, IOException {
    if (written != null && isAdded(updates)) {
      queued.countKept(written.bytes());
    }
  }

  private boolean isAdded(RunChanges updates) throws SQLException, IOException {
    Artifact artifact = new Artifact(key, written.hash(), written.bytes(), costNanos, inline);
    return pieces == null
        ? updates.artifact(artifact, vertex, draft)
        : updates.artifact(artifact, vertex, pieces);
  }

  @Override
  public void done() {
    queued.giveBack(bytes);
    content.release();
    if (draft != null) {
      try {
        Files.deleteIfExists(draft);
        if (pieces != null) {
          pieces.close();
        }
      } catch (IOException e) {
        // A draft is removed by the next check of the store.
      }
    }
  }
}
