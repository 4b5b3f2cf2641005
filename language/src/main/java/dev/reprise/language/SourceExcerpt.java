package dev.reprise.language;

/**
 * A line of a script with a mark under the word at fault, as messages show it. Of a line that no
 * terminal shows in one or two rows, such as a literal with thousands of cells, the part around the
 * mark is shown.
 *
 * <pre>
 *   ...3, 4, 5, 6, 7, 8, 9, 10, x, 12, 13, 14, 15, 16...
 *                               ^
 * </pre>
 */
public final class SourceExcerpt {
  /** Unicode's picture of the control character 0; those up to 31 follow it. */
  private static final char FIRST_PICTURE = '\u2400';

  private static final char UNKNOWN_PICTURE = '\ufffd';

  /** Longer lines are cut. */
  private static final int MOST_CHARACTERS = 200;

  /** What is left of a line that is cut, most of it before the mark, which explains it. */
  private static final int CHARACTERS_BEFORE = 80;

  private static final int CHARACTERS_AFTER = 60;

  private static final String LEFT_OUT = "...";

  private SourceExcerpt() {}

  /** The line, and under it a mark that is as long as the word that starts in the column. */
  public static String of(String line, int column) {
    int start = start(line, column);
    int end = start;
    while (end < line.length() && isPartOfWord(line.charAt(end))) {
      end++;
    }
    return of(line, column, end - start);
  }

  /**
   * The line and a mark of the given length under it, without a line end.
   *
   * @param column one-based; brought into the line when it lies outside
   */
  public static String of(String line, int column, int length) {
    return lineAndIndent(line, column) + mark(line, column, length);
  }

  /**
   * The line and what stands before the mark; tabs stay tabs, so that the mark stays in place.
   * Other control characters are shown as their pictures: a terminal would obey them.
   */
  static String lineAndIndent(String line, int column) {
    int start = start(line, column);
    int from = firstShown(line, start);
    int to = endShown(line, start);
    StringBuilder text = new StringBuilder("  ");
    text.append(from > 0 ? LEFT_OUT : "");
    line.substring(from, to).chars().forEach(c -> text.append(shown((char) c)));
    text.append(to < line.length() ? LEFT_OUT : "").append("\n  ");
    text.append(from > 0 ? " ".repeat(LEFT_OUT.length()) : "");
    for (int i = from; i < start; i++) {
      text.append(line.charAt(i) == '\t' ? '\t' : ' ');
    }
    return text.toString();
  }

  static String mark(String line, int column, int length) {
    int start = start(line, column);
    int most = endShown(line, start) - start;
    return "^" + "~".repeat(Math.max(1, Math.min(length, most)) - 1);
  }

  private static int start(String line, int column) {
    return Math.max(0, Math.min(column - 1, line.length()));
  }

  private static int firstShown(String line, int start) {
    return line.length() <= MOST_CHARACTERS || start <= CHARACTERS_BEFORE
        ? 0
        : whole(line, start - CHARACTERS_BEFORE);
  }

  private static int endShown(String line, int start) {
    int end = start + CHARACTERS_AFTER;
    return line.length() <= MOST_CHARACTERS || end >= line.length()
        ? line.length()
        : whole(line, end);
  }

  /** A place that parts no character of two. */
  private static int whole(String line, int at) {
    return Character.isLowSurrogate(line.charAt(at)) ? at - 1 : at;
  }

  private static char shown(char c) {
    if (c == '\t' || !Character.isISOControl(c)) {
      return c;
    }
    return c < ' ' ? (char) (FIRST_PICTURE + c) : UNKNOWN_PICTURE;
  }

  private static boolean isPartOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }
}
