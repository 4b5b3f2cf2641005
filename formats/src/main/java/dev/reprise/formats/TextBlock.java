package dev.reprise.formats;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A stretch of whole lines of one file.
 *
 * @param file the file
 * @param before the block before it in the same file, or null
 * @param offset first byte in the file
 * @param length bytes
 * @param resident the bytes when they were unpacked already, else null
 */
record TextBlock(Path file, TextBlock before, long offset, int length, byte[] resident) {

  /** The bytes; read now unless they are resident. Not to be changed. */
  byte[] load() {
    if (resident != null) {
      return resident;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
      }
      return bytes.array();
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  /** A complaint about the byte at a position of this block. Slow: counts lines from the start. */
  FormatException problem(byte[] bytes, int position, String message) {
    int at = Math.min(position, bytes.length);
    int lineStart = 0;
    long line = 1 + linesBefore();
    for (int i = 0; i < at; i++) {
      if (bytes[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new FormatException(file.toString(), line, at - lineStart + 1, message);
  }

  private long linesBefore() {
    long lines = 0;
    for (TextBlock block = before; block != null; block = block.before) {
      for (byte b : block.load()) {
        lines += b == '\n' ? 1 : 0;
      }
    }
    return lines;
  }
}
