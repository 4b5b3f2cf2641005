package dev.reprise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keeps the details of a mistake of ours in a file, since a person wants one line. */
final class BugReport {
  private BugReport() {}

  /**
   * @param words the command line
   * @return the new file in the temporary folder, or null when it cannot be written
   */
  static Path write(Throwable bug, List<String> words) {
    try {
      Path file = Files.createTempFile("reprise-bug-", ".txt");
      try (PrintWriter text = new PrintWriter(Files.newBufferedWriter(file))) {
        text.println(VersionCommand.text());
        text.println("words: " + words);
        text.println();
        bug.printStackTrace(text);
      }
      return file;
    } catch (IOException e) {
      return null;
    }
  }
}
