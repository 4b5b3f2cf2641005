package dev.reprise.engine.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of this process alone, readable by its owner only, for native libraries that unpack
 * themselves under fixed names; gone when it is closed. Libraries that are loaded stay so.
 */
final class PrivateFolder implements AutoCloseable {
  private final Path path;

  private PrivateFolder(Path path) {
    this.path = path;
  }

  static PrivateFolder create() {
    try {
      return new PrivateFolder(Files.createTempDirectory("reprise-natives-"));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder can be made for native libraries", e);
    }
  }

  Path path() {
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
