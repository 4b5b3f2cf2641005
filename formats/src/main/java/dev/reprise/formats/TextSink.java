package dev.reprise.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects text and hands it to a file in large pieces, {@link #flush} ends it; or keeps it,
 * without a file. One thread.
 */
final class TextSink {
  /** From here on Java writes whole doubles with an exponent. */
  private static final long PLAIN_WHOLE = 10_000_000;

  private final FileChannel channel;
  private byte[] bytes = new byte[1 << 18];
  private int size;

  /** Keeps the text; see {@link #content}. */
  TextSink() {
    this(null);
  }

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
    long whole = (long) value;
    if (whole == value && whole != 0 && whole > -PLAIN_WHOLE && whole < PLAIN_WHOLE) {
      return put(whole).put('.').put('0');
    }
    return Double.doubleToRawLongBits(value) == 0 ? put('0') : put(Double.toString(value));
  }

  private void reserve(int more) throws IOException {
    if (size + more <= bytes.length) {
      return;
    }
    if (channel == null) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), 2 * size));
      return;
    }
    flush();
    if (more > bytes.length) {
      bytes = new byte[more];
    }
  }

  /** What was kept; valid until more is put. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  void flush() throws IOException {
    BinaryFiles.writeFully(channel, content());
    size = 0;
  }
}
