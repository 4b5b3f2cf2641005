package dev.reprise.lineage;

/** The words of the text form and how any text is written as one of them. */
final class TraceSyntax {
  static final String HEADER = "reprise-lineage";
  static final int VERSION = 1;

  /** The version of texts with loops. */
  static final int VERSION_WITH_LOOPS = 2;

  static final String PATCH = "patch";
  static final String BODY = "body";
  static final String PATH = "path";
  static final String COLUMN = "column";
  static final String LOOP = "loop";
  static final String NEXT = "next";
  static final String LITERAL = "literal";
  static final String RETURN = "return";

  private TraceSyntax() {}

  /**
   * Writes the text bare when all its characters are plain and it looks like no item, else quoted.
   */
  static void writeWord(StringBuilder out, String text) {
    if (!text.isEmpty() && text.charAt(0) != '%' && text.chars().allMatch(TraceSyntax::isPlain)) {
      out.append(text);
    } else {
      writeQuoted(out, text);
    }
  }

  /** Writes an opcode's name: like a word, but with bare equal and percent signs. */
  static void writeOpcode(StringBuilder out, String name) {
    if (!name.isEmpty()
        && !name.equals(LITERAL)
        && name.chars().allMatch(TraceSyntax::isPlainInOpcode)) {
      out.append(name);
    } else {
      writeQuoted(out, name);
    }
  }

  /** Printable ASCII that ends no word. */
  static boolean isPlain(int character) {
    return isPlainInOpcode(character) && character != '=';
  }

  static boolean isPlainInOpcode(int character) {
    return character > ' ' && character < 0x7f && "\"{},\\".indexOf(character) < 0;
  }

  static void writeQuoted(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      writeEscaped(out, text, i);
    }
    out.append('"');
  }

  private static void writeEscaped(StringBuilder out, String text, int position) {
    char character = text.charAt(position);
    switch (character) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (isSafe(text, position)) {
          out.append(character);
        } else {
          out.append("\\u").append(String.format("%04x", (int) character));
        }
      }
    }
  }

  /** False for control characters, line separators and surrogates without a partner. */
  private static boolean isSafe(String text, int position) {
    char character = text.charAt(position);
    if (Character.isHighSurrogate(character)) {
      return position + 1 < text.length() && Character.isLowSurrogate(text.charAt(position + 1));
    }
    if (Character.isLowSurrogate(character)) {
      return position > 0 && Character.isHighSurrogate(text.charAt(position - 1));
    }
    return !Character.isISOControl(character)
        && character != 0x2028
        && character != 0x2029
        && character != 0xfeff;
  }
}
