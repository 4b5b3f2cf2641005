package dev.reprise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files of {@code reprise bench}. */
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
    if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
      throw new UsageException(option + ": cannot write " + file);
    }
  }

  /**
   * Writes or overwrites the file.
   *
   * @throws UsageException when the file cannot be written
   */
  static void write(String option, Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UsageException(option + ": cannot write " + file + ": " + Failures.reason(e));
    }
  }
}
