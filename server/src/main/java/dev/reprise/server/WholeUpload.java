package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.PieceFiles;
import dev.reprise.store.PieceWriter;
import dev.reprise.store.WholeContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;

/** A content that comes whole, part by part; the server cuts it as its client might have done. */
final class WholeUpload extends Upload {
  /** Cutting more takes longer than a client waits for an answer. */
  private static final long MOST_CUT_BYTES = 1L << 30;

  private final Path file;
  private final Path folder;
  private final Key hash;
  private final LongSupplier nanos;
  private long received;
  private LaidUpload laid;

  /**
   * @param file where it goes
   * @param folder where its pieces go, not there yet
   */
  WholeUpload(
      Path file, Path folder, Key hash, long total, UploadRoom.Place place, LongSupplier nanos)
      throws IOException {
    super(total, nanos.getAsLong(), place);
    this.file = file;
    this.folder = folder;
    this.hash = hash;
    this.nanos = nanos;
    Files.createFile(file);
  }

  /** Adds the next bytes, all that the stream has. */
  Part add(long offset, InputStream bytes) throws IOException {
    if (complete || received != offset) {
      return Part.UNEXPECTED;
    }
    lastPart = nanos.getAsLong();
    if (!append(bytes)) {
      return Part.DAMAGED;
    }
    if (received == total) {
      if (!isWhatItSays()) {
        return Part.DAMAGED;
      }
      cut();
      complete = true;
    }
    return Part.TAKEN;
  }

  /** False when there are more bytes than were announced. */
  private boolean append(InputStream bytes) throws IOException {
    byte[] some = new byte[64 << 10];
    try (var out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      for (int length = bytes.read(some); length >= 0; length = bytes.read(some)) {
        received += length;
        if (received > total) {
          return false;
        }
        out.write(some, 0, length);
        lastPart = nanos.getAsLong();
      }
    }
    return true;
  }

  private boolean isWhatItSays() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return ContentHash.of(in).equals(hash);
    }
  }

  private void cut() throws IOException {
    if (total > MOST_CUT_BYTES) {
      return;
    }
    PieceFiles own = new PieceFiles(folder);
    Files.createDirectories(folder);
    int[] count = {0};
    try (PieceWriter pieces =
        new PieceWriter(_ -> false, () -> folder.resolve("cut-" + count[0]++))) {
      if (!WholeContent.cut(file, pieces)) {
        return;
      }
      for (var piece : pieces.drafts().entrySet()) {
        own.publish(piece.getValue().file(), piece.getKey());
      }
      laid = LaidUpload.cut(folder, pieces.layout(), nanos);
    }
    Files.delete(file);
  }

  @Override
  LaidUpload laid() {
    return laid;
  }

  @Override
  Path whole() {
    return complete && laid == null ? file : null;
  }

  @Override
  void removeFiles() throws IOException {
    Files.deleteIfExists(file);
    LaidUpload.removeAll(folder);
  }
}
