package dev.reprise.engine.file;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.formats.WriteOptions;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a file of a format keeps of a list or frame, found by writing it to a folder and reading it
 * again: some formats have no lists in lists, or floats alone; texts that are empty, or hold a
 * separator, come back from csv as missing cells, or in quotes. Thread-safe.
 */
public final class KeptForm {
  private final FileWrites writes;
  private final FileContents contents;

  public KeptForm(FileWrites writes, FileContents contents) {
    this.writes = writes;
    this.contents = contents;
  }

  /**
   * With one reference for the receiver; the value itself when no such file could hold it.
   *
   * @param options with which the file was written
   * @param temporary a private folder in it takes the file meanwhile
   * @throws ResourceException when that folder does not take it
   */
  public Value of(Value value, WriteOptions options, Precision precision, Path temporary) {
    try (PrivateFolder folder = PrivateFolder.create(temporary, "kept")) {
      Path file = folder.path().resolve("kept");
      if (!isWritten(value, options, file)) {
        value.retain();
        return value;
      }
      return contents
          .read(new ReadRequest(file.toString(), folder.path(), ReadOptions.none()), precision)
          .value();
    } catch (IOException e) {
      throw trouble(value, options, temporary, e.toString());
    } catch (FormatException e) {
      throw e.isOfFileSystem() ? trouble(value, options, temporary, e.getMessage()) : e;
    } catch (ResourceException e) {
      throw e.getCause() instanceof IOException
          ? trouble(value, options, temporary, e.getMessage())
          : e;
    }
  }

  /** False when the value is nothing that such files hold. */
  private boolean isWritten(Value value, WriteOptions options, Path file) {
    try {
      writes.writeReplayed(file.getParent(), file, options, value);
      return true;
    } catch (OperandException e) {
      if (e instanceof FormatException complaint && complaint.isOfFileSystem()) {
        throw complaint;
      }
      return false;
    }
  }

  private static ResourceException trouble(
      Value value, WriteOptions options, Path temporary, String what) {
    return new ResourceException(
        "the "
            + (value instanceof ListValue ? "list" : "frame")
            + " cannot be compared, since what a file of format "
            + options.format()
            + " keeps of it takes a copy in "
            + temporary
            + ": "
            + what
            + "; make room there, or name another folder for temporary files with"
            + " -Djava.io.tmpdir=DIR (in REPRISE_JAVA_OPTS for the command line)");
  }
}
