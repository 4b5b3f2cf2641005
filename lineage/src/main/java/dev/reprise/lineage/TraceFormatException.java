package dev.reprise.lineage;

/** A text is no trace that this version can read; says in which line and column and why. */
public final class TraceFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  TraceFormatException(int line, int column, String reason) {
    super("line " + line + ", column " + column + ": " + reason);
    this.line = line;
    this.column = column;
  }

  /** One-based. */
  public int line() {
    return line;
  }

  /** One-based. */
  public int column() {
    return column;
  }
}
