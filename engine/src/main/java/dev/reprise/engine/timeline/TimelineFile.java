package dev.reprise.engine.timeline;

import dev.reprise.formats.FileProblems;
import dev.reprise.formats.LinkedPlace;
import dev.reprise.formats.ReplacedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The file of a time line. A regular file appears whole or not at all: it is written beside its
 * place and then moved there. A symbolic link stays, and leads to it.
 */
final class TimelineFile {
  private final Path path;

  TimelineFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  /** What writes the content. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** False for pipes and devices, which are written to directly. */
  private boolean isReplaced() {
    return !Files.exists(path) || Files.isRegularFile(path);
  }

  /** What a person is told. */
  String complaint(IOException e) {
    String reason =
        e instanceof NoSuchFileException
            ? "there is no folder " + LinkedPlace.folder(path)
            : FileProblems.reason(e);
    return "the time line cannot be written to " + path + ": " + reason;
  }

  void write(Content content) throws IOException {
    if (!isReplaced()) {
      try (OutputStream out = Files.newOutputStream(path)) {
        content.writeTo(out);
      }
      return;
    }
    Path target = LinkedPlace.of(path);
    Path part =
        target.resolveSibling(target.getFileName() + ".part" + ProcessHandle.current().pid());
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        content.writeTo(out);
      }
      ReplacedFile.move(part, target);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
