package dev.reprise.formats.metrics;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * The mark of a script whose run has told metrics and not come to its end: a hidden file beside the
 * table with the table's length when the first of such runs began. The next run of the script, as
 * it was written then, goes on with it.
 *
 * <pre>
 *   .unfinished-SCRIPT-TEXT   "1234"   locked while a run goes on, left when that fails or is killed
 * </pre>
 *
 * <p>A run that comes to its end removes its own, and those that runs of the script left before its
 * text was changed; who begins a table removes all. None of them touches what is locked: it belongs
 * to a run that goes on.
 */
final class RunMark implements AutoCloseable {
  private static final String PREFIX = ".unfinished-";

  private final Path folder;
  private final ScriptVersion version;
  private final MarkFile file;
  private final long from;
  private final boolean isGoneOnWith;

  private RunMark(
      Path folder, ScriptVersion version, MarkFile file, long from, boolean isGoneOnWith) {
    this.folder = folder;
    this.version = version;
    this.file = file;
    this.from = from;
    this.isGoneOnWith = isGoneOnWith;
  }

  /**
   * Makes the mark of a run that begins, or takes over the one that an earlier run has left.
   *
   * @param tableBytes length of the table when the run began
   * @return null while somebody has it: another run of the script that goes on, or who removes it
   */
  static RunMark take(Path folder, ScriptVersion version, long tableBytes) throws IOException {
    MarkFile file = MarkFile.made(folder.resolve(name(version)));
    if (file == null) {
      return null;
    }
    try {
      long left = file.length();
      // A table that was removed since has none of what the earlier run told.
      boolean isGoneOnWith = left >= 0 && left <= tableBytes;
      if (!isGoneOnWith) {
        file.write(tableBytes);
      }
      long from = isGoneOnWith ? left : tableBytes;
      return new RunMark(folder, version, file, from, isGoneOnWith);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static String name(ScriptVersion version) {
    return beginning(version) + version.text();
  }

  private static String beginning(ScriptVersion version) {
    return PREFIX + version.script() + "-";
  }

  /** Removes what runs have left that are gone: the table has nothing of theirs. */
  static void removeAllLeft(Path folder) throws IOException {
    removeLeft(folder, name -> name.startsWith(PREFIX));
  }

  private static void removeLeft(Path folder, Predicate<String> which) throws IOException {
    try (DirectoryStream<Path> marks =
        Files.newDirectoryStream(folder, file -> which.test(file.getFileName().toString()))) {
      for (Path mark : marks) {
        try (MarkFile file = MarkFile.left(mark)) {
          if (file != null) {
            file.delete();
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
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

  /** The run has come to its end, and with it those of the script that have not. */
  void remove() throws IOException {
    try (file) {
      file.delete();
    }
    String own = name(version);
    removeLeft(folder, name -> name.startsWith(beginning(version)) && !name.equals(own));
  }

  /** Leaves it to the next run, unless it was removed. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
