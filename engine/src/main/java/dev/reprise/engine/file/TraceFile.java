package dev.reprise.engine.file;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FileProblems;
import dev.reprise.formats.LinkedPlace;
import dev.reprise.formats.ReplacedFile;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceWriter;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes the trace of a written value beside it, as {@code f.lineage}; complete or not at all. Of a
 * value that was written by a symbolic link, beside the file, and beside the link if there is one.
 */
public final class TraceFile {
  private static final String EXTENSION = ".lineage";

  private TraceFile() {}

  /** Where the trace of what is written to a file or folder lies. */
  static Path beside(Path data) {
    return data.resolveSibling(data.getFileName() + EXTENSION);
  }

  /**
   * Writes the trace of a value.
   *
   * @param path of the value's file, as the script says it
   */
  public static void write(Path workingDirectory, String path, LineageItem item) {
    Path data = DataFiles.resolve(path, workingDirectory);
    if (DataFiles.isSpecial(data)) {
      return;
    }
    for (Path each : writtenBeside(data)) {
      replace(each, item);
    }
  }

  /** Where traces are written with the data of a name. */
  static List<Path> writtenBeside(Path data) {
    return LinkedPlace.written(data, TraceFile::beside);
  }

  private static void replace(Path name, LineageItem item) {
    Path temporary = null;
    try {
      Path target = LinkedPlace.of(name);
      temporary = target.resolveSibling("." + target.getFileName() + "." + uniqueName() + ".tmp");
      try (Writer out =
          Files.newBufferedWriter(
              temporary, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
        TraceWriter.write(Map.of(Trace.UNNAMED, item), out);
      }
      ReplacedFile.move(temporary, target);
    } catch (IOException e) {
      discard(temporary);
      throw new ResourceException(
          "cannot write the trace " + name + ": " + FileProblems.reason(e), e);
    }
  }

  /**
   * Part of the name of a draft that nobody else makes at the same time. Not a temporary file of
   * the JDK, which only its owner could read after the rename.
   */
  public static String uniqueName() {
    return ProcessHandle.current().pid()
        + "-"
        + Thread.currentThread().threadId()
        + "-"
        + Long.toHexString(System.nanoTime());
  }

  private static void discard(Path temporary) {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The write has failed already and says why; a leftover hidden file does no harm.
    }
  }
}
