package dev.reprise.formats;

import java.nio.charset.StandardCharsets;

/**
 * Parses the numeric cells of one block of csv lines. One per thread and block.
 *
 * <p>A cell that is a plain number between separators takes the fast path; everything else (white
 * space around it, quotes, names of special values, nothing at all) takes {@link #slowCell}.
 */
final class CsvCells {
  private final TextBlock block;
  private final byte[] bytes;
  private final byte[] separator;
  private final byte separatorStart;
  private final MissingValues missing;
  private final boolean alwaysSlow;
  private final DecimalScanner scanner = new DecimalScanner();
  private int at;

  CsvCells(TextBlock block, byte[] bytes, int from, byte[] separator, MissingValues missing) {
    this.block = block;
    this.bytes = bytes;
    this.at = from;
    this.separator = separator;
    this.separatorStart = separator[0];
    this.missing = missing;
    this.alwaysSlow = missing.hidesNumbers();
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  /** Where the next line starts. */
  int position() {
    return at;
  }

  /** Moves past lines that hold nothing. */
  void skipBlankLines() {
    while (at < bytes.length) {
      if (bytes[at] == '\n') {
        at++;
      } else if (bytes[at] == '\r' && at + 1 < bytes.length && bytes[at + 1] == '\n') {
        at += 2;
      } else {
        return;
      }
    }
  }

  /**
   * Parses one line into {@code row} and moves past its end.
   *
   * @throws FormatException when the line has more or fewer cells than {@code row}, or a cell is no
   *     number
   */
  void line(double[] row) {
    byte[] text = bytes;
    int limit = text.length;
    int last = row.length - 1;
    int lineStart = at;
    for (int c = 0; ; c++) {
      int cell = at;
      double value = scanner.scan(text, cell, limit);
      int end = scanner.end;
      if (end < 0 || alwaysSlow || !isBoundary(end)) {
        end = cellEnd(cell);
        value = slowCell(cell, end, c);
      }
      if (c <= last) {
        row[c] = value;
      }
      if (end < limit && text[end] == separatorStart && isSeparator(end)) {
        at = end + separator.length;
        continue;
      }
      at = afterLineEnd(end);
      if (c != last) {
        throw raggedLine(lineStart, c + 1, row.length);
      }
      return;
    }
  }

  private boolean isBoundary(int position) {
    if (position == bytes.length) {
      return true;
    }
    byte b = bytes[position];
    return b == '\n'
        || b == '\r' && position + 1 < bytes.length && bytes[position + 1] == '\n'
        || b == separatorStart && isSeparator(position);
  }

  private boolean isSeparator(int position) {
    if (separator.length == 1) {
      return true;
    }
    if (position + separator.length > bytes.length) {
      return false;
    }
    for (int i = 1; i < separator.length; i++) {
      if (bytes[position + i] != separator[i]) {
        return false;
      }
    }
    return true;
  }

  private int afterLineEnd(int position) {
    int next = position;
    if (next < bytes.length && bytes[next] == '\r') {
      next++;
    }
    return next < bytes.length ? next + 1 : next;
  }

  /** The position of the separator or line end after a cell. */
  private int cellEnd(int from) {
    int end = from;
    while (end < bytes.length
        && bytes[end] != '\n'
        && !(bytes[end] == separatorStart && isSeparator(end))) {
      end++;
    }
    boolean atLineEnd = end == bytes.length || bytes[end] == '\n';
    return atLineEnd && end > from && bytes[end - 1] == '\r' ? end - 1 : end;
  }

  private double slowCell(int from, int end, int column) {
    String text = NumberText.stripped(new String(bytes, from, end - from, StandardCharsets.UTF_8));
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      text = NumberText.stripped(text.substring(1, text.length() - 1));
    }
    if (missing.names().contains(text)) {
      return Double.NaN;
    }
    if (text.isEmpty()) {
      if (missing.fill()) {
        return missing.substitute();
      }
      throw block.problem(
          bytes,
          from,
          "column " + (column + 1) + " is empty; fill=TRUE replaces empty cells by default=");
    }
    double value = NumberText.parse(text);
    if (Double.isNaN(value) && !NumberText.isNaN(text)) {
      throw block.problem(
          bytes,
          from,
          "column "
              + (column + 1)
              + " holds the text \""
              + NumberText.shortened(text)
              + "\" where a number is due; try header=TRUE for a line of names, naStrings= for"
              + " missing values, another sep=, or data_type=\"frame\" for text");
    }
    return value;
  }

  private FormatException raggedLine(int lineStart, int found, int expected) {
    return block.problem(
        bytes,
        lineStart,
        "the line has "
            + found
            + (found == 1 ? " cell" : " cells")
            + ", the lines before it have "
            + expected
            + "; is the separator \""
            + new String(separator, StandardCharsets.UTF_8)
            + "\"?");
  }

  /** Counts the cells of the line at {@code from}, quotes not considered. */
  static int countCells(byte[] bytes, int from, byte[] separator) {
    int cells = 1;
    for (int i = from; i < bytes.length && bytes[i] != '\n'; i++) {
      if (startsWith(bytes, i, separator)) {
        cells++;
        i += separator.length - 1;
      }
    }
    return cells;
  }

  static boolean startsWith(byte[] bytes, int from, byte[] prefix) {
    if (from + prefix.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
