package dev.reprise.engine.file;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Files, and places of iterations that use them. */
final class LoopFiles {
  private LoopFiles() {}

  /**
   * Makes a folder {@code d}, {@code e} that leads there, and {@code l} that leads to a file in it.
   *
   * @return the folder that these are in, by its own name
   */
  static Path makeIn(Path parent) throws IOException {
    Path folder = parent.toRealPath();
    Files.createDirectory(folder.resolve("d"));
    Files.createSymbolicLink(folder.resolve("e"), folder.resolve("d"));
    Files.createSymbolicLink(folder.resolve("l"), Path.of("e/../d/a"));
    return folder;
  }

  static FileUse reads(Path file) {
    return FileUse.reads(
        new ReadRequest(file.toString(), file.getRoot(), ReadOptions.none()),
        new DataFiles(new FingerprintCache(InstantSource.system()), 1));
  }

  static FileOrder.Place place(FileOrder loop, long iteration) {
    return new FileOrder.Place(loop, iteration, () -> {});
  }
}
