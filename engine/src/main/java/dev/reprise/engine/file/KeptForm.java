package dev.reprise.engine.file;

import dev.reprise.formats.FileFormat;
import dev.reprise.formats.FormatException;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a file of a format keeps of a list, found by writing it to a folder and reading it again:
 * some formats have no lists in lists, or floats alone. Thread-safe.
 */
public final class KeptForm {
  private final FileWrites writes;
  private final FileContents contents;

  public KeptForm(FileWrites writes, FileContents contents) {
    this.writes = writes;
    this.contents = contents;
  }

  /**
   * With one reference for the receiver; the list itself when no such file could hold it.
   *
   * @param temporary a private folder in it takes the file meanwhile
   * @throws ResourceException when that folder does not take it
   */
  public Value of(ListValue list, FileFormat format, Precision precision, Path temporary) {
    try (PrivateFolder folder = PrivateFolder.create(temporary, "list")) {
      Path file = folder.path().resolve("list");
      if (!isWritten(list, format, file)) {
        list.retain();
        return list;
      }
      return contents
          .read(new ReadRequest(file.toString(), folder.path(), ReadOptions.none()), precision)
          .value();
    } catch (IOException e) {
      throw trouble(format, temporary, e.toString());
    } catch (FormatException e) {
      throw e.isOfFileSystem() ? trouble(format, temporary, e.getMessage()) : e;
    } catch (ResourceException e) {
      throw e.getCause() instanceof IOException ? trouble(format, temporary, e.getMessage()) : e;
    }
  }

  /** False when the list is nothing that such files hold. */
  private boolean isWritten(ListValue list, FileFormat format, Path file) {
    try {
      writes.writeReplayed(file.getParent(), file, format.label(), list);
      return true;
    } catch (OperandException e) {
      if (e instanceof FormatException complaint && complaint.isOfFileSystem()) {
        throw complaint;
      }
      return false;
    }
  }

  private static ResourceException trouble(FileFormat format, Path temporary, String what) {
    return new ResourceException(
        "the list cannot be compared, since what a file of format "
            + format.label()
            + " keeps of it takes a copy in "
            + temporary
            + ": "
            + what
            + "; make room there, or name another folder for temporary files with"
            + " -Djava.io.tmpdir=DIR (in REPRISE_JAVA_OPTS for the command line)");
  }
}
