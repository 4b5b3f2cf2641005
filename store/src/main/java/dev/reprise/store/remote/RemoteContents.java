package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.ContentOutput;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Keys;
import dev.reprise.store.Layout;
import dev.reprise.store.PieceReader;
import dev.reprise.store.PieceWriter;
import dev.reprise.store.StoreException;
import dev.reprise.store.exchange.ChangeWriter;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Contents on their way, in parts, or in pieces where the server takes them. Whoever reads a
 * content compares it with its fingerprint, as with a file; the server does so with what it is
 * sent. Thread-safe.
 */
final class RemoteContents {
  /** Pieces of a server turn out to be damaged while others are sent: so often, not more. */
  private static final int MOST_SENDINGS = 3;

  /** Before a server that compares other contents first is asked again. */
  private static final long PAUSE_MILLIS = 20;

  private final ServerConnection connection;

  // The layout that was asked for last, so that one question does for header, cells and all. What
  // it says holds for ever, or pieces are gone.
  private volatile Looked looked;

  /**
   * @param layout null when the content lies whole
   */
  private record Looked(Key hash, Layout layout) {}

  RemoteContents(ServerConnection connection) {
    this.connection = connection;
  }

  /**
   * All bytes of a content.
   *
   * @throws NoSuchFileException when the server has it no longer
   */
  MemorySegment load(Key hash, long bytes, Arena arena) throws IOException {
    Layout layout = layoutOf(hash, bytes);
    if (layout == null) {
      return loadWhole(hash, bytes, arena);
    }
    byte[] header = layout.header();
    MemorySegment content = arena.allocate(bytes);
    MemorySegment.copy(header, 0, content, ValueLayout.JAVA_BYTE, 0, header.length);
    piecesOf(layout).read(content.asSlice(header.length));
    return content;
  }

  /** In a file that has no name any more. */
  private MemorySegment loadWhole(Key hash, long bytes, Arena arena) throws IOException {
    Path file = draft();
    try {
      copyWhole(hash, bytes, file);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(MapMode.READ_ONLY, 0, bytes, arena);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Writes a content to a file that is there. */
  void copy(Key hash, long bytes, Path file) throws IOException {
    Layout layout = layoutOf(hash, bytes);
    if (layout == null) {
      copyWhole(hash, bytes, file);
      return;
    }
    PieceReader pieces = piecesOf(layout);
    try (Arena arena = Arena.ofConfined();
        OutputStream out = Files.newOutputStream(file)) {
      out.write(layout.header());
      MemorySegment room = arena.allocate(layout.bytesOf(0));
      for (int block = 0; block < layout.blocks(); block++) {
        MemorySegment rows = room.asSlice(0, layout.bytesOf(block));
        pieces.readBlock(block, rows);
        for (long at = 0; at < rows.byteSize(); at += Protocol.PART_BYTES) {
          long length = Math.min(Protocol.PART_BYTES, rows.byteSize() - at);
          out.write(rows.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  private void copyWhole(Key hash, long bytes, Path file) throws IOException {
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

  /**
   * How a content lies in pieces on the server; null when it does not, or the server knows of none.
   *
   * @throws DamagedContentException when it cannot be the layout of that content
   */
  Layout layoutOf(Key hash, long bytes) throws IOException {
    Looked before = looked;
    if (before != null && before.hash.equals(hash)) {
      return before.layout;
    }
    if (!connection.takesPieces() || bytes < ContentOutput.LEAST_BYTES) {
      return null;
    }
    ServerConnection.Answer answer = connection.get("/v1/layouts/" + hash);
    Layout layout = answer.status() == ServerConnection.ABSENT ? null : Layout.of(answer.body());
    if (layout != null && layout.bytes() != bytes) {
      throw new DamagedContentException("the layout of a content was damaged");
    }
    looked = new Looked(hash, layout);
    return layout;
  }

  PieceReader piecesOf(Layout layout) {
    return new PieceReader(new RemotePieces(connection, layout), layout);
  }

  private interface Sending {
    void run() throws IOException;
  }

  /**
   * Sends a content, and once more from its beginning where a connection broke meanwhile: the
   * server has forgotten then what came before, or has the part already that was sent a second
   * time.
   */
  private void sendUnbroken(Sending content) throws IOException {
    long before = connection.repeated();
    try {
      content.run();
    } catch (StoreException e) {
      if (connection.repeated() == before || connection.problem() != null) {
        throw e;
      }
      content.run();
    }
  }

  /** Takes the pieces of a content before the server is asked which of them it has. */
  PieceWriter pieces() {
    return new PieceWriter(
        _ -> false,
        () -> {
          try {
            return draft();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Sends the pieces of a content that the server lacks, and waits until it has compared all of it
   * with the fingerprint.
   *
   * @throws StoreException one that passes when it does not want the content
   */
  void store(Key hash, PieceWriter content) throws IOException {
    sendUnbroken(() -> sendPieces(hash, content));
  }

  private void sendPieces(Key hash, PieceWriter content) throws IOException {
    String path = "/v1/layouts/" + hash;
    byte[] recipe = content.layout().recipe();
    if (recipe.length > Protocol.MOST_REQUEST_BYTES) {
      throw new StoreException("a content has too many pieces for a server", null, true);
    }
    ServerConnection.Answer answer = connection.send("POST", path, recipe);
    int sendings = 0;
    boolean hasAsked = false;
    while (answer.status() == ServerConnection.WANTED) {
      List<Key> wanted = keys(answer.body());
      if (!wanted.isEmpty()) {
        if (++sendings > MOST_SENDINGS) {
          throw new StoreException("pieces of a content are damaged again and again", null, true);
        }
        send(path, content, wanted);
      } else if (hasAsked) {
        pause();
      }
      answer = connection.send("POST", path);
      hasAsked = true;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while a server compared a content", e, true);
    }
  }

  private static List<Key> keys(byte[] body) {
    List<Key> keys = new ArrayList<>(body.length / Keys.LENGTH);
    ByteBuffer in = ByteBuffer.wrap(body);
    while (in.remaining() >= Keys.LENGTH) {
      keys.add(new Key(in.getLong(), in.getLong()));
    }
    return keys;
  }

  /** Many pieces in a request. */
  private void send(String path, PieceWriter content, List<Key> wanted) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(body);
    for (Key piece : wanted) {
      PieceWriter.Draft draft = content.drafts().get(piece);
      if (draft == null) {
        throw new StoreException("a server wants a piece that a content does not have", null, true);
      }
      if (body.size() > 0 && body.size() + draft.bytes() > Protocol.PART_BYTES) {
        connection.send("PUT", path, body.toByteArray());
        body.reset();
      }
      out.key(piece);
      out.bytes(Files.readAllBytes(draft.file()));
    }
    connection.send("PUT", path, body.toByteArray());
  }

  /** A file for a content, of this user alone. */
  static Path draft() throws IOException {
    return Files.createTempFile("reprise-content", null);
  }

  /** Sends a file, unless the server has that content. */
  void store(Key hash, long bytes, Path file) throws IOException {
    sendUnbroken(() -> sendWhole(hash, bytes, file));
  }

  private void sendWhole(Key hash, long bytes, Path file) throws IOException {
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
