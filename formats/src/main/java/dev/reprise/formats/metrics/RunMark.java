package dev.reprise.formats.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The mark of a program whose run has told metrics and not come to its end: a hidden file beside
 * the table with the table's length when the first of such runs began. The next run of the program
 * goes on with it; the run that comes to its end removes it.
 *
 * <pre>
 *   .unfinished-PROGRAM   "1234"   locked while a run goes on, left when that fails or is killed
 * </pre>
 */
final class RunMark implements AutoCloseable {
  /** More digits than a length has. */
  private static final int MOST_BYTES = 32;

  private final Path file;
  private final FileChannel channel;
  private final long from;
  private final boolean isGoneOnWith;

  private RunMark(Path file, FileChannel channel, long from, boolean isGoneOnWith) {
    this.file = file;
    this.channel = channel;
    this.from = from;
    this.isGoneOnWith = isGoneOnWith;
  }

  /**
   * Makes the mark of a run that begins, or takes over the one that an earlier run has left.
   *
   * @param tableBytes length of the table now
   * @return null while another run of the program goes on, which has it
   */
  static RunMark take(Path folder, String program, long tableBytes) throws IOException {
    Path file = folder.resolve(".unfinished-" + program);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (!isLocked(channel)) {
        channel.close();
        return null;
      }
      long left = length(channel);
      // A table that was removed since has none of what the earlier run told.
      if (left >= 0 && left <= tableBytes) {
        return new RunMark(file, channel, left, true);
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(Long.toString(tableBytes).getBytes(StandardCharsets.US_ASCII)), 0);
      return new RunMark(file, channel, tableBytes, false);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** What the file says; -1 when it says nothing. */
  private static long length(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MOST_BYTES);
    channel.read(text, 0);
    try {
      return Long.parseLong(
          new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** True when an earlier run has left it. */
  boolean isGoneOnWith() {
    return isGoneOnWith;
  }

  /** Length of the table when the first of the runs began that have not come to an end. */
  long from() {
    return from;
  }

  /** The run has come to its end. */
  void remove() throws IOException {
    Files.deleteIfExists(file);
    close();
  }

  /** Leaves it to the next run, unless it was removed. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
