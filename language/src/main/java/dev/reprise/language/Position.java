package dev.reprise.language;

import dev.reprise.runtime.operation.Place;
import java.io.Serializable;

/**
 * A place in a source file.
 *
 * @param file the file's name as the user gave it
 * @param line one-based
 * @param column one-based
 */
public record Position(String file, int line, int column) implements Place, Serializable {

  /**
   * Whether the user has not written a line of the file.
   *
   * @return true for a file that comes with Reprise
   */
  public boolean isShipped() {
    return file.startsWith(SourceFile.SHIPPED_PREFIX);
  }

  /** As those of a record, whose first ones take a millisecond in each process. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Position that
        && line == that.line
        && column == that.column
        && file.equals(that.file);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * file.hashCode() + line) + column;
  }

  @Override
  public String text() {
    return file + ":" + line;
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
