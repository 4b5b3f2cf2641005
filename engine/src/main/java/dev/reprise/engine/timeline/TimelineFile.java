package dev.reprise.engine.timeline;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FileProblems;
import dev.reprise.formats.FormatException;
import dev.reprise.formats.LinkedPlace;
import dev.reprise.formats.ReplacedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The file of a time line. A regular file appears whole or not at all: it is written beside its
 * place and then moved there. A symbolic link stays, and leads to it. Devices, pipes and files that
 * are open already, such as {@code /dev/stdout}, are written to as they are.
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

  /** What a person is told. */
  String complaint(IOException e) {
    String reason =
        e instanceof NoSuchFileException
            ? "there is no folder " + LinkedPlace.folder(path)
            : FileProblems.reason(e);
    return "the time line cannot be written to " + path + ": " + reason;
  }

  private void writeThrough(Content content) throws IOException {
    try {
      DataFiles.writeThrough(path, content::writeTo);
    } catch (FormatException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  void write(Content content) throws IOException {
    if (DataFiles.isSpecial(path)) {
      writeThrough(content);
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
