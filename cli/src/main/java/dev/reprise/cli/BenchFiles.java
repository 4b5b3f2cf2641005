package dev.reprise.cli;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files that options of commands name. */
final class BenchFiles {
  private BenchFiles() {}

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
