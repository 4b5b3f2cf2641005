package dev.reprise.formats;

import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of a block of csv text, quotes understood. Fields are trimmed of white space.
 */
final class CsvFields {
  private final TextBlock block;
  private final byte[] bytes;
  private final byte[] separator;
  private int at;
  private int start;
  private int end;

  CsvFields(TextBlock block, byte[] bytes, byte[] separator) {
    this.block = block;
    this.bytes = bytes;
    this.separator = separator;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  /** Where the next field or line starts. */
  int position() {
    return at;
  }

  /** Where the last field started. */
  int start() {
    return start;
  }

  /** Where the last field ended. */
  int end() {
    return end;
  }

  boolean startsWith(byte[] prefix) {
    return CsvCells.startsWith(bytes, at, prefix);
  }

  boolean isBlankLine() {
    return at < bytes.length
        && (bytes[at] == '\n'
            || bytes[at] == '\r' && (at + 1 == bytes.length || bytes[at + 1] == '\n'));
  }

  void skipLine() {
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    at = Math.min(bytes.length, at + 1);
  }

  /** The number of fields from here to the line's end; does not move. */
  int countInLine() {
    int from = at;
    int fields = 1;
    while (next()) {
      fields++;
    }
    at = from;
    return fields;
  }

  /**
   * Moves over one field.
   *
   * @return whether another field follows on the same line
   */
  boolean next() {
    int from = at;
    while (from < bytes.length && isSpace(bytes[from]) && !atSeparator(from)) {
      from++;
    }
    int i = from < bytes.length && bytes[from] == '"' ? afterQuotes(from) : from;
    while (i < bytes.length && bytes[i] != '\n' && !atSeparator(i)) {
      i++;
    }
    start = from;
    end = i;
    while (end > start && isSpace(bytes[end - 1])) {
      end--;
    }
    boolean more = i < bytes.length && bytes[i] != '\n';
    at = i + (more ? separator.length : i < bytes.length ? 1 : 0);
    return more;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private boolean atSeparator(int position) {
    return bytes[position] == separator[0] && CsvCells.startsWith(bytes, position, separator);
  }

  /** The position after the closing quote; a doubled quote does not close. */
  private int afterQuotes(int opening) {
    int i = opening + 1;
    while (i < bytes.length) {
      if (bytes[i] == '"') {
        if (i + 1 < bytes.length && bytes[i + 1] == '"') {
          i++;
        } else {
          return i + 1;
        }
      }
      i++;
    }
    throw block.problem(
        bytes, opening, "a quoted field starts here and does not end; a quote (\") is missing");
  }

  boolean isEmpty() {
    return start == end;
  }

  /** The last field as text. */
  String text() {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  /** The last field as text, shared with equal fields seen before. */
  String pooled(TextPool pool) {
    return pool.text(bytes, start, end);
  }
}
