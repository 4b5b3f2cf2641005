package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Contents on their way, in parts. Whoever reads a content compares it with its fingerprint, as
 * with a file; the server does so with what it is sent. Thread-safe.
 */
final class RemoteContents {
  private final ServerConnection connection;

  RemoteContents(ServerConnection connection) {
    this.connection = connection;
  }

  /**
   * All bytes of a content, in a file that has no name any more.
   *
   * @throws NoSuchFileException when the server has it no longer
   */
  MemorySegment load(Key hash, long bytes, Arena arena) throws IOException {
    Path file = draft();
    try {
      copy(hash, bytes, file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(MapMode.READ_ONLY, 0, bytes, arena);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Writes a content to a file that is there. */
  void copy(Key hash, long bytes, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long have = 0; have < bytes; ) {
        byte[] part = part(hash, have, bytes);
        out.write(part);
        have += part.length;
      }
    }
  }

  private byte[] part(Key hash, long offset, long bytes) throws IOException {
    long length = Math.min(Protocol.PART_BYTES, bytes - offset);
    ServerConnection.Answer answer =
        connection.get("/v1/contents/" + hash + "?offset=" + offset + "&length=" + length);
    if (answer.status() == ServerConnection.ABSENT || answer.body().length == 0) {
      throw new NoSuchFileException(hash.toString());
    }
    return answer.body();
  }

  /** A file for a content, of this user alone. */
  static Path draft() throws IOException {
    return Files.createTempFile("reprise-content", null);
  }

  /** Sends a file, unless the server has that content. */
  void store(Key hash, long bytes, Path file) throws IOException {
    String path = "/v1/contents/" + hash;
    if (connection.send("POST", path + "?total=" + bytes).status() != ServerConnection.WANTED) {
      return;
    }
    byte[] part = new byte[(int) Math.min(Protocol.PART_BYTES, bytes)];
    try (InputStream in = Files.newInputStream(file)) {
      for (long offset = 0; offset < bytes; ) {
        int length = in.readNBytes(part, 0, (int) Math.min(part.length, bytes - offset));
        if (length == 0) {
          throw new EOFException("the file of a content became shorter while it was sent");
        }
        connection.send("PUT", path + "?offset=" + offset, part, length);
        offset += length;
      }
    }
  }
}
