package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** A running XXH3 hash of 128 bits; depends on the bytes alone, not on how they were handed in. */
final class Checksum {
  // Small pieces, so that the hash loop is entered often and compiled soon: one call over a large
  // array stays in the interpreter for about a second.
  private static final int CHUNK_BYTES = 1 << 16;

  private final HashStream128 stream = Hashing.xxh3_128().hashStream();

  Checksum bytes(byte[] bytes, int from, int length) {
    stream.putBytes(bytes, from, length);
    return this;
  }

  Checksum number(long value) {
    stream.putLong(value);
    return this;
  }

  /** Length first, so that no two lists of texts hash alike. */
  Checksum text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return number(bytes.length).bytes(bytes, 0, bytes.length);
  }

  Checksum segment(MemorySegment segment, long length) {
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, length)];
    for (long at = 0; at < length; at += chunk.length) {
      int part = (int) Math.min(chunk.length, length - at);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, chunk, 0, part);
      stream.putBytes(chunk, 0, part);
    }
    return this;
  }

  /** Adds a segment's bytes and copies them to another on the way. */
  Checksum copied(MemorySegment from, MemorySegment to, long length) {
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, length)];
    for (long at = 0; at < length; at += chunk.length) {
      int part = (int) Math.min(chunk.length, length - at);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, chunk, 0, part);
      stream.putBytes(chunk, 0, part);
      MemorySegment.copy(chunk, 0, to, ValueLayout.JAVA_BYTE, at, part);
    }
    return this;
  }

  /** Adds everything from the channel's position to its end. */
  Checksum channel(FileChannel channel) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    while (channel.read(chunk) >= 0) {
      stream.putBytes(chunk.array(), 0, chunk.position());
      chunk.clear();
    }
    return this;
  }

  HashValue128 value() {
    return stream.get();
  }
}
