package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.Layout;
import dev.reprise.store.exchange.ChangeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A content of two pieces, how it lies, and the bodies of requests that bring it. */
final class TwoPieces {
  static final byte[] CONTENT = TestServer.bytes(Layout.PIECE_BYTES + 5_000, 3);
  static final Key HASH = ContentHash.of(CONTENT);
  static final String PATH = "/v1/layouts/" + HASH;

  private TwoPieces() {}

  static byte[] piece(int number) {
    int from = number * Layout.PIECE_BYTES;
    return Arrays.copyOfRange(CONTENT, from, Math.min(CONTENT.length, from + Layout.PIECE_BYTES));
  }

  static Layout layout() {
    return new Layout(
        new byte[0],
        CONTENT.length,
        1,
        1,
        Layout.PIECE_BYTES,
        List.of(ContentHash.of(piece(0)), ContentHash.of(piece(1))));
  }

  /** A piece as it travels; as it is, not packed. */
  static byte[] sent(Key name, byte[] bytes) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(body);
    out.key(name);
    byte[] file = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, file, 1, bytes.length);
    out.bytes(file);
    return body.toByteArray();
  }

  static byte[] sent(int number) throws IOException {
    return sent(ContentHash.of(piece(number)), piece(number));
  }
}
