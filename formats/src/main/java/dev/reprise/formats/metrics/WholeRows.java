package dev.reprise.formats.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file to which rows are appended, each as a whole or not at all: of one for which the disk has
 * no room any more, the part that it had room for is taken back. Not thread-safe.
 */
final class WholeRows implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private WholeRows(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @param creation how the file is made
   */
  static WholeRows open(Path file, OpenOption creation) throws IOException {
    return new WholeRows(file, FileChannel.open(file, creation, StandardOpenOption.APPEND));
  }

  long size() throws IOException {
    return channel.size();
  }

  void append(byte[] row) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(row);
    try {
      while (left.hasRemaining()) {
        channel.write(left);
      }
    } catch (IOException e) {
      takeBack(Arrays.copyOf(row, left.position()), e);
      throw e;
    }
  }

  /** Not what another process has gone on behind, which appends to the same file. */
  private void takeBack(byte[] part, IOException why) {
    try {
      long end = channel.size() - part.length;
      if (part.length > 0 && end >= 0 && Arrays.equals(bytesFrom(end), part)) {
        channel.truncate(end);
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private byte[] bytesFrom(long start) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(start);
      return in.readAllBytes();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
