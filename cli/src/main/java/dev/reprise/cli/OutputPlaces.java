package dev.reprise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses places that cannot take what an option writes there: before a long run, not after it, and
 * with the same exit code whichever option it is.
 */
final class OutputPlaces {
  private OutputPlaces() {}

  /**
   * A file to write or overwrite, in a folder that is there.
   *
   * @param file null when it is not wanted
   * @throws UsageException naming the place
   */
  static void file(String option, Path file) {
    if (file == null) {
      return;
    }
    requireName(option, file);
    Path folder = file.toAbsolutePath().getParent();
    String trouble = null;
    if (folder == null || Files.isDirectory(file)) {
      trouble = "it is a folder";
    } else if (Files.exists(file)) {
      trouble = Files.isWritable(file) ? null : "it is not writable";
    } else if (!Files.isDirectory(folder)) {
      trouble = "there is no folder " + folder;
    } else if (!takesFiles(folder)) {
      trouble = "the folder " + folder + " is not writable";
    }
    if (trouble != null) {
      throw new UsageException(option + ": cannot write " + file + ": " + trouble);
    }
  }

  /**
   * As {@link #file}, of one that is written beside its place and moved there when it is complete.
   *
   * @throws UsageException naming the place
   */
  static void replacedFile(String option, Path file) {
    file(option, file);
    if (file != null && Files.isRegularFile(file)) {
      Path folder = file.toAbsolutePath().getParent();
      if (!takesFiles(folder)) {
        throw new UsageException(
            option + ": cannot write " + file + ": the folder " + folder + " is not writable");
      }
    }
  }

  /**
   * A folder that is there or can be made, and written to.
   *
   * @param folder null when it is not wanted
   * @throws UsageException naming the place
   */
  static void folder(String option, Path folder) {
    if (folder == null) {
      return;
    }
    Path there = existing(option, folder);
    if (!takesFiles(there)) {
      throw new UsageException(
          option + ": cannot write to " + folder + ": the folder " + there + " is not writable");
    }
  }

  /**
   * The folder, or the nearest one above it that is there.
   *
   * @throws UsageException when something else is in its place
   */
  static Path existing(String option, Path folder) {
    requireName(option, folder);
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      Path named = Files.exists(folder) ? folder : there;
      throw new UsageException(option + " needs a folder, but " + named + " is a file");
    }
    return there;
  }

  /** Tries it: of {@code /proc} and the like root is told that he may write there. */
  private static boolean takesFiles(Path folder) {
    if (!Files.isWritable(folder)) {
      return false;
    }
    try {
      Files.delete(Files.createTempFile(folder, ".reprise", null));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void requireName(String option, Path path) {
    if (path.toString().isEmpty()) {
      throw new UsageException(option + " needs a path, not ''");
    }
  }
}
