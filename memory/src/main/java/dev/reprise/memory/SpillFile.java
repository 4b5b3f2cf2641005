package dev.reprise.memory;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one file that spilled values lie in, and the files beside it that are memory; the only class
 * that writes such files.
 *
 * <p>Its name says which process made it: {@code reprise-PID-START-N.spill}. Where the system lets
 * an open file be deleted (Linux, macOS), its name goes right after opening: the space returns to
 * the disk however the process ends, and nobody can damage or delete it in between. Where the name
 * stays and the process was killed, the next process that spills into the folder removes it.
 *
 * <p>Threads: positions are given with each call, so the channel needs no order. Only threads that
 * nobody interrupts may call, since an interrupt would close the channel.
 */
public final class SpillFile implements SpillStore {
  private static final Pattern NAME = Pattern.compile("reprise-(\\d+)-(\\d+)-\\d+\\.spill");

  /** A buffer's position is an int; a multiple of any page size. */
  private static final long MOST_AT_ONCE = 1L << 30;

  private static final long ZEROS = 1L << 20;

  private final Path folder;
  private final FileChannel channel;

  private SpillFile(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** Makes a file in the folder, which is made too, and removes those of processes that died. */
  public static SpillFile create(Path folder) throws IOException {
    Files.createDirectories(folder);
    removeStale(folder);
    return new SpillFile(folder, openNew(folder));
  }

  private static FileChannel openNew(Path folder) throws IOException {
    ProcessHandle self = ProcessHandle.current();
    String prefix = "reprise-" + self.pid() + "-" + startOf(self) + "-";
    for (int number = 0; ; number++) {
      try {
        return FileChannel.open(
            folder.resolve(prefix + number + ".spill"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
      } catch (FileAlreadyExistsException e) {
        // Another of this process, where the name of an open file stays.
      }
    }
  }

  private static void removeStale(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "reprise-*.spill")) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches() && !isAlive(Long.parseLong(name.group(1)), name.group(2))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean isAlive(long pid, String start) {
    return ProcessHandle.of(pid).filter(p -> Long.toString(startOf(p)).equals(start)).isPresent();
  }

  /** Tells a process from a later one of the same number; 0 where the system does not say. */
  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(start -> start.getEpochSecond()).orElse(0L);
  }

  @Override
  public void write(long position, MemorySegment bytes) throws IOException {
    for (long done = 0; done < bytes.byteSize(); ) {
      long part = Math.min(bytes.byteSize() - done, MOST_AT_ONCE);
      ByteBuffer from = bytes.asSlice(done, part).asByteBuffer();
      while (from.hasRemaining()) {
        done += channel.write(from, position + done);
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A file of its own, whose name goes right away. Its room is taken by writing zeros: a mapped
   * page that finds no room on the disk ends the process, and Java has no call that only reserves.
   * (Where the file system stores zeros as nothing or writes each page to a new place, as with
   * compression and copies on write, that does not help.)
   */
  @Override
  public MemorySegment map(long bytes, Arena arena) throws IOException {
    try (FileChannel file = openNew(folder);
        Arena own = Arena.ofConfined()) {
      ByteBuffer zeros = own.allocate(ZEROS).asByteBuffer();
      for (long at = 0; at < bytes; at += zeros.position()) {
        zeros.clear().limit((int) Math.min(ZEROS, bytes - at));
        file.write(zeros, at);
      }
      return file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  @Override
  public void read(long position, MemorySegment into) throws IOException {
    for (long done = 0; done < into.byteSize(); ) {
      long part = Math.min(into.byteSize() - done, MOST_AT_ONCE);
      ByteBuffer to = into.asSlice(done, part).asByteBuffer();
      while (to.hasRemaining()) {
        int count = channel.read(to, position + done);
        if (count < 0) {
          throw new EOFException("the spill file ends early");
        }
        done += count;
      }
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
