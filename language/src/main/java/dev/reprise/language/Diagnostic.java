package dev.reprise.language;

import java.io.Serializable;

/**
 * One finding about a script.
 *
 * @param severity an error stops the program before it starts
 * @param position where, or null when the file itself is the matter
 * @param length how many characters of the line are meant, at least 1
 * @param message what was found and what was expected
 * @param hint what to try, or null
 * @param sourceLine the line's text, or null
 */
public record Diagnostic(
    Severity severity,
    Position position,
    int length,
    String message,
    String hint,
    String sourceLine)
    implements Serializable {

  /** What follows from a finding. */
  public enum Severity {
    /** The program does not start. */
    ERROR,
    /** The program runs. */
    WARNING
  }
}
