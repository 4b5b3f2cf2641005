package dev.reprise.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An answer: bytes, or a part of a file.
 *
 * @param file null when it is {@code bytes}
 */
record Reply(int status, String type, byte[] bytes, Path file, long offset, long length) {
  private static final String BINARY = "application/octet-stream";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int PIECE_BYTES = 64 << 10;

  static Reply bytes(byte[] bytes) {
    return bytes(200, bytes);
  }

  static Reply bytes(int status, byte[] bytes) {
    return new Reply(status, BINARY, bytes, null, 0, bytes.length);
  }

  static Reply text(int status, String words) {
    byte[] bytes = (words + "\n").getBytes(StandardCharsets.UTF_8);
    return new Reply(status, TEXT, bytes, null, 0, bytes.length);
  }

  /** Nothing but a status. */
  static Reply bare(int status) {
    return new Reply(status, BINARY, new byte[0], null, 0, 0);
  }

  static Reply part(Path file, long offset, long length) {
    return new Reply(200, BINARY, null, file, offset, length);
  }

  void writeTo(OutputStream out) throws IOException {
    if (file == null) {
      out.write(bytes);
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      WritableByteChannel to = Channels.newChannel(out);
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      long left = length;
      channel.position(offset);
      while (left > 0) {
        piece.clear().limit((int) Math.min(PIECE_BYTES, left));
        int read = channel.read(piece);
        if (read < 0) {
          throw new IOException("a content became shorter while it was sent");
        }
        left -= read;
        to.write(piece.flip());
      }
    }
  }
}
