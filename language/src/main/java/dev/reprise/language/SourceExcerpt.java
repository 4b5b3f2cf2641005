package dev.reprise.language;

/** A line of a script with a mark under the word at fault, as messages show it. */
public final class SourceExcerpt {
  /** Unicode's picture of the control character 0; those up to 31 follow it. */
  private static final char FIRST_PICTURE = '\u2400';

  private static final char UNKNOWN_PICTURE = '\ufffd';

  private SourceExcerpt() {}

  /** The line, and under it a mark that is as long as the word that starts in the column. */
  public static String of(String line, int column) {
    int start = Math.max(0, Math.min(column - 1, line.length()));
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
    int start = Math.max(0, Math.min(column - 1, line.length()));
    StringBuilder text = new StringBuilder("  ");
    line.chars().forEach(c -> text.append(shown((char) c)));
    text.append("\n  ");
    for (int i = 0; i < start; i++) {
      text.append(line.charAt(i) == '\t' ? '\t' : ' ');
    }
    return text.toString();
  }

  static String mark(String line, int column, int length) {
    int start = Math.max(0, Math.min(column - 1, line.length()));
    return "^" + "~".repeat(Math.max(1, Math.min(length, line.length() - start)) - 1);
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
