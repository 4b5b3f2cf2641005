package dev.reprise.cli;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files that options of commands name. */
final class BenchFiles {
  private BenchFiles() {}

  /**
   * Refuses a place that cannot take the file, before long runs and not after them.
   *
   * @param file null when it is not wanted
   * @throws UsageException naming the place
   */
  static void check(String option, Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    String trouble = null;
    if (folder == null || Files.isDirectory(file)) {
      trouble = "it is a folder";
    } else if (!Files.isDirectory(folder)) {
      trouble = "there is no folder " + folder;
    } else if (!Files.isWritable(folder)) {
      trouble = "the folder " + folder + " is not writable";
    }
    if (trouble != null) {
      throw new UsageException(option + ": cannot write " + file + ": " + trouble);
    }
  }

  /**
   * Writes or overwrites the file.
   *
   * @throws ResourceException when the file cannot be written
   */
  static void write(String option, Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new ResourceException(option + ": cannot write " + file + ": " + Failures.reason(e), e);
    }
  }
}
