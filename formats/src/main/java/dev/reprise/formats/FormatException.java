package dev.reprise.formats;

import dev.reprise.runtime.OperandException;

/**
 * A file that is missing, damaged or not what was asked for. The message says where, what was
 * found, what was expected, and what to try.
 */
public final class FormatException extends OperandException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long line;
  private final long column;
  private final boolean isOfFileSystem;

  /** A complaint about a file as a whole. */
  public FormatException(String file, String message) {
    this(file, 0, 0, message);
  }

  private FormatException(
      String file, long line, long column, String message, boolean isOfFileSystem) {
    super(place(file, line, column) + ": " + message);
    this.file = file;
    this.line = line;
    this.column = column;
    this.isOfFileSystem = isOfFileSystem;
  }

  /** A complaint about a place that the file system does not let anybody read or write. */
  static FormatException ofFileSystem(String file, String message) {
    return new FormatException(file, 0, 0, message, true);
  }

  /**
   * A complaint about one place in a file.
   *
   * @param line one-based line, 0 when the file as a whole is meant
   * @param column one-based byte within the line, 0 when the line as a whole is meant
   */
  public FormatException(String file, long line, long column, String message) {
    this(file, line, column, message, false);
  }

  private static String place(String file, long line, long column) {
    if (line <= 0) {
      return file;
    }
    return column <= 0 ? file + ":" + line : file + ":" + line + ":" + column;
  }

  /** The same complaint about a file that had a temporary name. */
  FormatException renamed(String temporary, String name) {
    String message = getMessage().substring(place(file, line, column).length() + 2);
    return new FormatException(
        file.replace(temporary, name),
        line,
        column,
        message.replace(temporary, name),
        isOfFileSystem);
  }

  /** Whether the file system is to blame, not what is in the file or was to be written to it. */
  public boolean isOfFileSystem() {
    return isOfFileSystem;
  }
}
