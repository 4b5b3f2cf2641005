package dev.reprise.language;

/**
 * A place in a source file.
 *
 * @param file the file's name as the user gave it
 * @param line one-based
 * @param column one-based
 */
public record Position(String file, int line, int column) {

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
