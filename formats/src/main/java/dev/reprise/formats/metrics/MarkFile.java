package dev.reprise.formats.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * A mark's file, locked. Whoever deletes one has it locked, and what is locked is what its name
 * stands for, so that nobody deletes another one's.
 */
final class MarkFile implements AutoCloseable {
  /** More digits than a length has. */
  private static final int MOST_BYTES = 32;

  /** Two where the file is made, and some for others who delete it at the same time. */
  private static final int ATTEMPTS = 16;

  private static final Set<OpenOption> MADE =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  private static final Set<OpenOption> THERE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path file;
  private final FileChannel channel;

  private MarkFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Makes the file if it is not there; null while somebody has it, as who deletes it does. */
  static MarkFile made(Path file) throws IOException {
    return locked(file, MADE);
  }

  /** Null when it is not there, somebody has it, or it is another user's. */
  static MarkFile left(Path file) throws IOException {
    try {
      return locked(file, THERE);
    } catch (NoSuchFileException | AccessDeniedException e) {
      return null;
    }
  }

  private static MarkFile locked(Path path, Set<OpenOption> options) throws IOException {
    Path file = path.getParent().toRealPath().resolve(path.getFileName());
    if (!MarksOfProcess.all().enter(file)) {
      return null;
    }
    FileChannel channel = null;
    try {
      channel = lockedChannel(file, options, MarkFile::identity);
      return channel == null ? null : new MarkFile(file, channel);
    } finally {
      if (channel == null) {
        MarksOfProcess.all().leave(file);
      }
    }
  }

  /**
   * Opens it again when it was not there before, or somebody deletes it before it is locked: while
   * it is open, no other file has its identity.
   *
   * @return null when somebody has it, or no two looks at it agree: some systems have no lasting
   *     identity of a file
   */
  static FileChannel lockedChannel(Path file, Set<OpenOption> options, Identity identity)
      throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Object before = identity.of(file);
      FileChannel channel = FileChannel.open(file, options);
      boolean complete = false;
      try {
        if (channel.tryLock() == null) {
          return null;
        }
        Object now = identity.of(file);
        complete = before != null && before.equals(now);
        if (complete) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        // Somebody in this process has it by a name that is not this one.
        return null;
      } finally {
        if (!complete) {
          channel.close();
        }
      }
    }
    return null;
  }

  /** What tells a file from others of its name; null when there is none. */
  @FunctionalInterface
  interface Identity {
    Object of(Path file) throws IOException;
  }

  private static Object identity(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key == null ? file : key;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The length that it says; -1 when it says nothing. */
  long length() throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MOST_BYTES);
    channel.read(text, 0);
    try {
      return Long.parseLong(
          new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  void write(long length) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(Long.toString(length).getBytes(StandardCharsets.US_ASCII)), 0);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      MarksOfProcess.all().leave(file);
    }
  }
}
