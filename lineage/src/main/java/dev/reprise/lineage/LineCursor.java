package dev.reprise.lineage;

import java.util.function.IntPredicate;

/** Walks over one line of a trace and reports mistakes by position. */
final class LineCursor {
  private static final int SHOWN = 40;

  private final String text;
  private final int line;
  private int position;

  LineCursor(String text, int line) {
    this.text = text;
    this.line = line;
    skipBlanks();
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  boolean atEnd() {
    return position == text.length();
  }

  boolean isNext(char character) {
    return position < text.length() && text.charAt(position) == character;
  }

  /** True before an item such as %1; there are opcodes that begin with a percent sign. */
  boolean isNextItem() {
    return isNext('%') && position + 1 < text.length() && isDigit(text.charAt(position + 1));
  }

  /** Consumes the character and blanks after it if it is next. */
  boolean accept(char character) {
    if (!isNext(character)) {
      return false;
    }
    position++;
    skipBlanks();
    return true;
  }

  void expect(char character) throws TraceFormatException {
    if (!accept(character)) {
      throw expected("'" + character + "'");
    }
  }

  void expectEnd() throws TraceFormatException {
    if (!atEnd()) {
      throw expected("the end of the line");
    }
  }

  /** A bare or quoted word. */
  String word(IntPredicate isPlain, String what) throws TraceFormatException {
    return isNext('"') ? quoted(what) : bare(isPlain, what);
  }

  String bare(IntPredicate isPlain, String what) throws TraceFormatException {
    int start = position;
    while (position < text.length() && isPlain.test(text.charAt(position))) {
      position++;
    }
    if (position == start) {
      throw expected(what);
    }
    String word = text.substring(start, position);
    skipBlanks();
    return word;
  }

  /** The bare word that comes next, left where it is; empty when there is none. */
  String peekWord() {
    return peek(TraceSyntax::isPlain);
  }

  /** As {@link #peekWord}, for an opcode. */
  String peekOpcode() {
    return peek(TraceSyntax::isPlainInOpcode);
  }

  private String peek(IntPredicate isPlain) {
    int end = position;
    while (end < text.length() && isPlain.test(text.charAt(end))) {
      end++;
    }
    return text.substring(position, end);
  }

  /** The number after a percent sign. */
  int itemNumber() throws TraceFormatException {
    int start = position;
    if (!isNext('%')) {
      throw expected("an item such as %1");
    }
    position++;
    long number = 0;
    int digits = 0;
    while (position < text.length() && isDigit(text.charAt(position)) && digits < 10) {
      number = 10 * number + text.charAt(position++) - '0';
      digits++;
    }
    if (digits == 0 || number > Integer.MAX_VALUE || number == 0) {
      position = start;
      throw expected("an item such as %1");
    }
    skipBlanks();
    return (int) number;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  String quoted(String what) throws TraceFormatException {
    int start = position;
    if (!isNext('"')) {
      throw expected(what + " in quotes");
    }
    position++;
    StringBuilder value = new StringBuilder();
    while (position < text.length()) {
      char character = text.charAt(position++);
      if (character == '"') {
        skipBlanks();
        return value.toString();
      }
      value.append(character == '\\' ? escaped() : character);
    }
    position = start;
    throw mistake("the quoted text does not end on its line");
  }

  private char escaped() throws TraceFormatException {
    char code = position < text.length() ? text.charAt(position++) : ' ';
    return switch (code) {
      case '"', '\\' -> code;
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> {
        position--;
        throw mistake("after a backslash only \" \\ n r t or u and four digits may stand");
      }
    };
  }

  private char unicode() throws TraceFormatException {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = position < text.length() ? Character.digit(text.charAt(position), 16) : -1;
      if (digit < 0) {
        throw expected("four hexadecimal digits after \\u");
      }
      unit = 16 * unit + digit;
      position++;
    }
    return (char) unit;
  }

  // ---- words of programs with loops

  String plain(String what) throws TraceFormatException {
    return bare(TraceSyntax::isPlain, what);
  }

  void expectWord(String word) throws TraceFormatException {
    int at = position;
    if (!plain("'" + word + "'").equals(word)) {
      throw mistakeAt(at, "expected '" + word + "'");
    }
  }

  /** The number that the next of several parts has. */
  void expectNumber(int number, String parts) throws TraceFormatException {
    int at = position;
    if (!plain("a number").equals(Integer.toString(number))) {
      throw mistakeAt(at, parts + " are numbered without gaps: expected " + number);
    }
  }

  /** The name of the next of several parts, such as $3. */
  void expectName(char sign, int number) throws TraceFormatException {
    int at = position;
    String expected = "" + sign + number;
    if (!plain(expected).equals(expected)) {
      throw mistakeAt(at, "expected " + expected + ": there are no gaps");
    }
  }

  /** A number from 0 to {@code most}. */
  long number(String what, long most) throws TraceFormatException {
    int at = position;
    return number(plain(what), at, most);
  }

  /** The number that a part of the line is that was read at a mark. */
  long number(String digits, int mark, long most) throws TraceFormatException {
    try {
      long number = Long.parseLong(digits);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range is.
    }
    throw mistakeAt(mark, "'" + digits + "' is no number from 0 to " + most);
  }

  /** A one-based number of one of {@code size} parts as a zero-based index. */
  int index(String digits, int mark, int size) throws TraceFormatException {
    long number = number(digits, mark, Integer.MAX_VALUE);
    if (number < 1 || number > size) {
      throw mistakeAt(mark, "there is no number " + digits + " here; there are " + size);
    }
    return (int) number - 1;
  }

  /** A mistake at the current position: what should stand there and what does. */
  TraceFormatException expected(String what) {
    String found = atEnd() ? "the line ends" : "found '" + rest() + "'";
    return mistake("expected " + what + ", but " + found);
  }

  private String rest() {
    int end = Math.min(text.length(), position + SHOWN);
    return text.substring(position, end) + (end < text.length() ? "..." : "");
  }

  TraceFormatException mistake(String reason) {
    return new TraceFormatException(line, position + 1, reason);
  }

  /** For mistakes found after a part was read: remembers where the part began. */
  int mark() {
    return position;
  }

  TraceFormatException mistakeAt(int mark, String reason) {
    return new TraceFormatException(line, mark + 1, reason);
  }
}
