package dev.reprise.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that this process has open, as Linux names them. */
public final class OpenFiles {
  private static final Path NAMES = Path.of("/proc/self/fd");

  private OpenFiles() {}

  /** False where the system names none. */
  public static boolean areNamed() {
    return Files.isDirectory(NAMES);
  }

  /** The name that the system gives a file which is open, such as {@code /proc/self/fd/7}. */
  public static Path nameOf(Path open) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(NAMES)) {
      for (Path each : names) {
        if (leadsTo(each, open)) {
          return each;
        }
      }
    }
    throw new AssertionError("not open: " + open);
  }

  private static boolean leadsTo(Path name, Path file) {
    try {
      return Files.readSymbolicLink(name).equals(file.toRealPath());
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }
}
