package dev.reprise.engine.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of this process alone, readable by its owner only, such as one for native libraries that
 * unpack themselves under fixed names; gone when it is closed. Libraries that are loaded stay so.
 */
public final class PrivateFolder implements AutoCloseable {
  private static final String PREFIX = "reprise-";

  private final Path path;

  private PrivateFolder(Path path) {
    this.path = path;
  }

  /** One for native libraries. */
  public static PrivateFolder create() {
    try {
      return new PrivateFolder(Files.createTempDirectory(PREFIX + "natives-"));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder can be made for native libraries", e);
    }
  }

  /**
   * @param parent where it is made
   * @param content a word for the folder's name
   */
  static PrivateFolder create(Path parent, String content) throws IOException {
    return new PrivateFolder(Files.createTempDirectory(parent, PREFIX + content + "-"));
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody else tidies the folder for temporary files.
    }
  }
}
