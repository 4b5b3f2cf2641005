package dev.reprise.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    } else {
      trouble = troubleWith(folder);
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
      String trouble = troubleWith(file.toAbsolutePath().getParent());
      if (trouble != null) {
        throw new UsageException(option + ": cannot write " + file + ": " + trouble);
      }
    }
  }

  /**
   * A folder that is there or can be made, and written to. Of one that is to be made the nearest
   * folder above it is tried.
   *
   * @param folder null when it is not wanted
   * @throws UsageException naming the place
   */
  static void folder(String option, Path folder) {
    if (folder == null) {
      return;
    }
    String trouble = troubleWith(existing(option, folder));
    if (trouble != null) {
      throw new UsageException(option + ": cannot write to " + folder + ": " + trouble);
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

  /**
   * Why no file can be made in a folder, or null. Tries it, for a moment: of {@code /proc} and the
   * like root is told that he may write there.
   */
  private static String troubleWith(Path folder) {
    String unwritable = "the folder " + folder + " is not writable";
    if (!Files.isWritable(folder)) {
      return unwritable;
    }
    Path tried;
    try {
      tried = Files.createTempFile(folder, ".reprise", null);
    } catch (AccessDeniedException | NoSuchFileException e) {
      return unwritable;
    } catch (IOException e) {
      String why = e instanceof FileSystemException failure ? failure.getReason() : null;
      return "the folder " + folder + " takes no file: " + (why == null ? e.getMessage() : why);
    }
    try {
      Files.deleteIfExists(tried);
    } catch (IOException e) {
      // Files may be made here and not removed, which is all that is wanted.
    }
    return null;
  }

  private static void requireName(String option, Path path) {
    if (path.toString().isEmpty()) {
      throw new UsageException(option + " needs a path, not ''");
    }
  }
}
