package dev.reprise.language;

/**
 * The text of one script file. Immutable.
 *
 * @param name the file's name as the user gave it; messages print it
 * @param text its content
 * @param origin who wrote it
 */
public record SourceFile(String name, String text, Origin origin) {
  /**
   * Begins the names of shipped files: keeps a script {@code lm.dml} that calls {@code lm} apart
   * from the library's file.
   */
  public static final String SHIPPED_PREFIX = "reprise:";

  /** Where a file comes from. */
  public enum Origin {
    /** The script that the user runs, or a file that it sources. */
    SCRIPT,
    /** A file on the user's library path. */
    LIBRARY,
    /** A file of the standard library; its functions are compiled when first called. */
    SHIPPED
  }

  public SourceFile(String name, String text) {
    this(name, text, Origin.SCRIPT);
  }

  /** As that of a record, whose first one takes a millisecond in each process. */
  @Override
  public int hashCode() {
    return 31 * name.hashCode() + text.hashCode();
  }

  /** The beginning of the last line that has a text. */
  public Position end() {
    String stripped = text.stripTrailing();
    int line = 1 + (int) stripped.chars().filter(c -> c == '\n').count();
    return new Position(name, line, 1);
  }

  /** The text of a one-based line without its line end; empty when there is no such line. */
  public String line(int number) {
    int start = 0;
    for (int line = 1; line < number; line++) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        return "";
      }
      start = end + 1;
    }
    int end = text.indexOf('\n', start);
    String line = end < 0 ? text.substring(start) : text.substring(start, end);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }
}
