package dev.reprise.formats;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes several files that appear together, complete, or not at all. Each is written under a
 * hidden temporary name in its own folder; {@link #publish} renames them. Closing without
 * publishing removes the temporary files, and whatever was there before is untouched. What is named
 * by a symbolic link is written where that leads ({@link LinkedPlace}).
 *
 * <p>Survives the death of the process at any moment (each file is old or new, never in between;
 * only between two renames may a data file be newer than its sidecar). A power cut is not covered:
 * nothing is forced to the disk.
 */
final class AtomicOutput implements AutoCloseable {
  /** Writes the content of one file; an exception means that nothing is published. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private record Pending(Path temporary, Path target) {}

  private final List<Pending> pending = new ArrayList<>();

  /** Writes one file's content under a temporary name. */
  void add(Path name, Content content) {
    try {
      Path target = LinkedPlace.of(name);
      if (target.getNameCount() == 0) {
        throw occupied(target);
      }
      Path temporary = temporary(target);
      Files.createDirectories(target.getParent());
      checkReplaceable(target);
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        pending.add(new Pending(temporary, target));
        content.writeTo(channel);
      }
    } catch (IOException e) {
      throw FileProblems.writing(name, e);
    }
  }

  /** A hidden name beside the target that no other process and no other write uses. */
  static Path temporary(Path target) {
    String unique =
        ProcessHandle.current().pid()
            + "-"
            + Thread.currentThread().threadId()
            + "-"
            + Long.toHexString(System.nanoTime());
    return target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
  }

  private static void checkReplaceable(Path target) {
    if (Files.isDirectory(target)
        && !DataPath.holdsOnlyParts(target)
        && !ListFolder.holdsOnlyAList(target)) {
      throw occupied(target);
    }
  }

  /** A folder that must not be replaced, since it holds what no write has put there. */
  static FormatException occupied(Path folder) {
    return new FormatException(
        folder.toString(),
        "this is a folder that holds more than part files of an earlier output; remove it or write"
            + " elsewhere");
  }

  /** Gives every file its final name, replacing what was there, in the order of {@link #add}. */
  void publish() {
    for (Pending file : pending) {
      try {
        publish(file);
      } catch (IOException e) {
        throw FileProblems.writing(file.target(), e);
      }
    }
    pending.clear();
  }

  private static void publish(Pending file) throws IOException {
    if (!Files.isDirectory(file.target())) {
      ReplacedFile.move(file.temporary(), file.target());
      return;
    }
    Path aside = file.temporary().resolveSibling(file.temporary().getFileName() + ".old");
    rename(file.target(), aside);
    rename(file.temporary(), file.target());
    remove(aside);
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Removes a folder of part files or of a list; it was checked to hold nothing else. */
  static void remove(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> inside = Files.walk(path)) {
      all = inside.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    for (Pending file : pending) {
      try {
        Files.deleteIfExists(file.temporary());
      } catch (IOException e) {
        // The write has failed already and says why; a leftover hidden file does no harm.
      }
    }
  }
}
