package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;

/**
 * One item by itself as text, as the trace syntax writes it but without its number and operands:
 *
 * <pre>
 *   literal double 5.0      literal string "a b"      tsmm{left=true}      read{...} @ "X.csv"
 * </pre>
 *
 * <p>{@link ItemReader} makes the item of it again, given the operands.
 */
public final class ItemText {
  /** Characters of a text; of longer ones the beginning is kept, which makes no item any more. */
  public static final int LONGEST = 8 << 10;

  /** What a person is shown of one. */
  private static final int LONGEST_SHOWN = 200;

  static final String NOTE = " @ ";
  private static final String CUT = "...";

  private ItemText() {}

  public static String of(LineageItem item) {
    StringBuilder text = new StringBuilder();
    if (item.isLiteral()) {
      TraceWriter.append(item.literalOrNull(), text);
    } else {
      text.append(TraceWriter.textOf(item.operation()));
      String note = item.note();
      if (note != null) {
        TraceSyntax.writeQuoted(text.append(NOTE), note);
      }
    }
    return cut(text.toString(), LONGEST - CUT.length());
  }

  /** The beginning of a text that is too long; never half a character. */
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + CUT;
  }

  /**
   * What a person is shown of such a text: literals without their types, notes without quotes, on
   * one line, the first characters of long ones. Other texts, as older versions wrote them, stay as
   * they are.
   */
  public static String forPeople(String text) {
    return cut(printable(plain(text)), LONGEST_SHOWN);
  }

  private static String plain(String text) {
    if (text.startsWith(TraceSyntax.LITERAL + " ")) {
      Scalar literal = literalOrNull(text);
      // The quotes of a text that was cut do not close.
      return literal == null
          ? text.replaceFirst("^literal string \"", "literal ")
          : TraceSyntax.LITERAL + " " + literal.asString();
    }
    int at = text.indexOf(NOTE + '"');
    if (at < 0) {
      return text;
    }
    String note = quotedOrNull(text.substring(at + NOTE.length()));
    return note == null ? text : text.substring(0, at) + NOTE + note;
  }

  private static Scalar literalOrNull(String text) {
    LineageItem item = new ItemReader().read(text, new LineageItem[0]);
    return item == null ? null : item.literalOrNull();
  }

  private static String quotedOrNull(String text) {
    try {
      LineCursor line = new LineCursor(text, 1);
      String quoted = line.quoted("a note");
      return line.atEnd() ? quoted : null;
    } catch (TraceFormatException e) {
      return null;
    }
  }

  /** What a script calls a text may be anything; a terminal is shown characters. */
  private static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(unit -> {
          if (Character.isISOControl(unit)) {
            shown.append(unit == '\n' ? "\\n" : String.format("\\u%04x", unit));
          } else {
            shown.append((char) unit);
          }
        });
    return shown.toString();
  }
}
