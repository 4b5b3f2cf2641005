package dev.reprise.formats;

import java.nio.charset.StandardCharsets;

/** Walks lines of words separated by white space: positions, then a value. */
final class TextCells {
  private final TextBlock block;
  private final byte[] bytes;
  private final DecimalScanner scanner = new DecimalScanner();
  private int at;

  TextCells(TextBlock block, byte[] bytes) {
    this.block = block;
    this.bytes = bytes;
  }

  /** Moves to the next line that holds something; false at the end. */
  boolean nextLine() {
    while (at < bytes.length && (isSpace(bytes[at]) || bytes[at] == '\n')) {
      at++;
    }
    return at < bytes.length;
  }

  int position() {
    return at;
  }

  boolean atComment() {
    return bytes[at] == '%';
  }

  /** The rest of the line, and moves past it. */
  String restOfLine() {
    int from = at;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return new String(bytes, from, at - from, StandardCharsets.UTF_8).strip();
  }

  /** Complains unless nothing but white space is left on the line. */
  void endLine() {
    skipSpace();
    if (at < bytes.length && bytes[at] != '\n') {
      throw problem(at, "nothing more is due on this line");
    }
  }

  /**
   * The next word as a one-based position.
   *
   * @param limit the largest allowed, as stated
   */
  long index(String what, long limit) {
    int from = word();
    double value = scanner.scan(bytes, from, bytes.length);
    if (scanner.end < 0 || !endsWord(scanner.end) || value != Math.rint(value)) {
      throw problem(from, "a " + what + " number is due");
    }
    if (value < 1 || value > limit) {
      throw problem(from, "the " + what + " number must lie in 1 to " + limit);
    }
    at = scanner.end;
    return (long) value;
  }

  /** The next word as a count; zero is allowed. */
  long count() {
    int from = word();
    double value = scanner.scan(bytes, from, bytes.length);
    if (scanner.end < 0 || !endsWord(scanner.end) || value < 0 || value != Math.rint(value)) {
      throw problem(from, "a count is due");
    }
    at = scanner.end;
    return (long) value;
  }

  /** The next word as a number. */
  double value() {
    int from = word();
    double value = scanner.scan(bytes, from, bytes.length);
    if (scanner.end >= 0 && endsWord(scanner.end)) {
      at = scanner.end;
      return value;
    }
    int end = from;
    while (end < bytes.length && !endsWord(end)) {
      end++;
    }
    String text = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    value = NumberText.parse(text);
    if (Double.isNaN(value) && !NumberText.isNaN(text)) {
      throw problem(from, "a number is due");
    }
    at = end;
    return value;
  }

  private int word() {
    skipSpace();
    return at;
  }

  void skipSpace() {
    while (at < bytes.length && isSpace(bytes[at])) {
      at++;
    }
  }

  private boolean endsWord(int position) {
    return position == bytes.length || bytes[position] == '\n' || isSpace(bytes[position]);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  FormatException problem(int position, String expected) {
    int end = position;
    while (end < bytes.length && !endsWord(end)) {
      end++;
    }
    String found = new String(bytes, position, end - position, StandardCharsets.UTF_8);
    return block.problem(
        bytes,
        position,
        expected
            + ", found "
            + (found.isEmpty() ? "nothing" : "\"" + NumberText.shortened(found) + "\""));
  }
}
