package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON whose names and values may also stand without quotes or in single quotes. Objects become
 * maps in order, arrays lists, everything else text.
 */
final class LenientJson {
  private static final int DEEPEST = 64;

  private final String what;
  private final String text;
  private int at;
  private int depth;

  private LenientJson(String what, String text) {
    this.what = what;
    this.text = text;
  }

  /**
   * Parses one object.
   *
   * @param what whose spec it is, for messages
   * @throws OperandException with line and column of the first mistake
   */
  static Map<String, Object> parseObject(String what, String text) {
    LenientJson parser = new LenientJson(what, text);
    parser.skipSpace();
    if (!parser.atChar('{')) {
      throw parser.problem("'{' is due");
    }
    Map<String, Object> object = parser.object();
    parser.skipSpace();
    if (parser.at < text.length()) {
      throw parser.problem("nothing more is due after the closing '}'");
    }
    return object;
  }

  private Object value() {
    skipSpace();
    if (atChar('{')) {
      return object();
    }
    return atChar('[') ? array() : word("a value");
  }

  private Map<String, Object> object() {
    open();
    Map<String, Object> members = new LinkedHashMap<>();
    while (!closes('}')) {
      String name = word("a name");
      skipSpace();
      expect(':');
      members.put(name, value());
      separate('}');
    }
    depth--;
    return members;
  }

  private List<Object> array() {
    open();
    List<Object> elements = new ArrayList<>();
    while (!closes(']')) {
      elements.add(value());
      separate(']');
    }
    depth--;
    return elements;
  }

  private void open() {
    at++;
    if (++depth > DEEPEST) {
      throw problem("the nesting is too deep");
    }
  }

  private boolean closes(char end) {
    skipSpace();
    if (atChar(end)) {
      at++;
      return true;
    }
    return false;
  }

  private void separate(char end) {
    skipSpace();
    if (atChar(',')) {
      at++;
    } else if (!atChar(end)) {
      throw problem("',' or '" + end + "' is due");
    }
  }

  private void expect(char wanted) {
    if (!atChar(wanted)) {
      throw problem("'" + wanted + "' is due");
    }
    at++;
  }

  private String word(String what) {
    skipSpace();
    if (atChar('"') || atChar('\'')) {
      return quoted(text.charAt(at));
    }
    int from = at;
    while (at < text.length() && ",:{}[]\"'\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(from, at).strip();
    if (word.isEmpty()) {
      throw problem(what + " is due");
    }
    return word;
  }

  private String quoted(char quote) {
    StringBuilder word = new StringBuilder();
    at++;
    while (!atChar(quote)) {
      if (at >= text.length()) {
        throw problem("a closing " + quote + " is due");
      }
      char c = text.charAt(at++);
      word.append(c == '\\' && at < text.length() ? escaped() : c);
    }
    at++;
    return word.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    switch (c) {
      case 'n' -> {
        return '\n';
      }
      case 't' -> {
        return '\t';
      }
      case 'u' -> {
        try {
          at += 4;
          return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
          at = Math.min(at, text.length());
          throw problem("four hexadecimal digits are due");
        }
      }
      default -> {
        return c;
      }
    }
  }

  private boolean atChar(char wanted) {
    return at < text.length() && text.charAt(at) == wanted;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private OperandException problem(String expected) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, text.length()); i++) {
      column = text.charAt(i) == '\n' ? 1 : column + 1;
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    String found = at >= text.length() ? "the end" : "'" + text.charAt(at) + "'";
    return new OperandException(
        "the "
            + what
            + " spec is not valid at line "
            + line
            + ", column "
            + column
            + ": "
            + expected
            + ", found "
            + found);
  }
}
