package dev.reprise.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Collects text and hands it to a file in large pieces; {@link #flush} ends it. One thread. */
final class TextSink {
  private final FileChannel channel;
  private byte[] bytes = new byte[1 << 18];
  private int size;

  TextSink(FileChannel channel) {
    this.channel = channel;
  }

  TextSink put(String text) throws IOException {
    int length = text.length();
    reserve(3 * length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
        return this;
      }
      bytes[size + i] = (byte) c;
    }
    size += length;
    return this;
  }

  TextSink put(char ascii) throws IOException {
    reserve(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  TextSink put(long value) throws IOException {
    return put(Long.toString(value));
  }

  /** The shortest decimal that reads back as the same bits; positive zero is {@code 0}. */
  TextSink put(double value) throws IOException {
    return Double.doubleToRawLongBits(value) == 0 ? put('0') : put(Double.toString(value));
  }

  private void reserve(int more) throws IOException {
    if (size + more > bytes.length) {
      flush();
      if (more > bytes.length) {
        bytes = new byte[more];
      }
    }
  }

  void flush() throws IOException {
    BinaryFiles.writeFully(channel, ByteBuffer.wrap(bytes, 0, size));
    size = 0;
  }
}
