package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptLexer;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenFactory;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenFactory;
import org.antlr.v4.runtime.TokenSource;

/**
 * Cuts a text into the tokens of the grammar, white space and comments left out. Of the rules that
 * match, the one that takes most characters wins.
 *
 * <p>ANTLR's own lexer finds its automaton anew in each process, which took a tenth of the time of
 * a short script. Positions of tokens count the text's chars, columns its code points.
 */
final class TokenScanner implements TokenSource {
  private final String text;
  private final int length;

  /** The text, and a zero behind it that no token goes on with. */
  private final char[] chars;

  private final boolean hasPairs;

  private int at;
  private int line = 1;
  private int lineStart;

  /** A place in the line, and its column: the next one is counted from there on. */
  private int counted;

  private int countedColumn;

  /** From here on no comment is closed. */
  private int openFrom = Integer.MAX_VALUE;

  private final Closing doubleQuoted = new Closing();
  private final Closing singleQuoted = new Closing();

  /** The quote that ended the text that was cut last; one that it would end is cut as well. */
  private int cutAt = -1;

  /** Where a text ends; so do all that begin in it, since no quote is half of an escape. */
  private static final class Closing {
    private int from;
    private int end = -1;
  }

  TokenScanner(String text) {
    this.text = text;
    this.length = text.length();
    this.chars = new char[length + 1];
    text.getChars(0, length, chars, 0);
    this.hasPairs = text.codePointCount(0, length) < length;
  }

  /** The next token; at the end that of the end, as often as it is asked for. */
  @Override
  public CommonToken nextToken() {
    skip();
    int start = at;
    if (start == length) {
      return token(Token.EOF, start, "<EOF>");
    }
    int type = scan(chars[start]);
    String found = text.substring(start, at);
    if (type == ScriptLexer.ID) {
      type = keyword(found);
    }
    CommonToken token = token(type, start, found);
    if (type == ScriptLexer.STRING || type == ScriptLexer.UNTERMINATED) {
      countLines(start, at);
    }
    return token;
  }

  /** Ends a token behind some of its chars, and goes on there. */
  void cut(CommonToken token, int type, int taken) {
    int start = token.getStartIndex();
    cutAt = token.getStopIndex();
    at = start + taken;
    token.setType(type);
    token.setStopIndex(at - 1);
    token.setText(text.substring(start, at));
    line = token.getLine();
    lineStart = text.lastIndexOf('\n', start - 1) + 1;
    countLines(start, at);
  }

  private CommonToken token(int type, int start, String found) {
    // Of no source, which it would ask for the column of its end.
    CommonToken token = new CommonToken(type, found);
    token.setStartIndex(start);
    token.setStopIndex(at - 1);
    token.setLine(line);
    token.setCharPositionInLine(columnOf(start));
    return token;
  }

  private int columnOf(int place) {
    if (!hasPairs) {
      return place - lineStart;
    }
    if (counted < lineStart || counted > place) {
      counted = lineStart;
      countedColumn = 0;
    }
    countedColumn += text.codePointCount(counted, place);
    counted = place;
    return countedColumn;
  }

  private void countLines(int from, int to) {
    int end = text.indexOf('\n', from);
    while (end >= 0 && end < to) {
      line++;
      lineStart = end + 1;
      end = text.indexOf('\n', lineStart);
    }
  }

  private void skip() {
    while (true) {
      switch (chars[at]) {
        case '\n' -> {
          at++;
          line++;
          lineStart = at;
        }
        case ' ', '\t', '\r', '\f', '\u00A0', '\uFEFF' -> at++;
        case '#' -> at = lineEnd(at);
        case '/' -> {
          if (!skipsBlock()) {
            return;
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  private int lineEnd(int from) {
    int end = from;
    while (end < length && chars[end] != '\n' && chars[end] != '\r') {
      end++;
    }
    return end;
  }

  private boolean skipsBlock() {
    if (chars[at + 1] != '*' || at >= openFrom) {
      return false;
    }
    int close = text.indexOf("*/", at + 2);
    if (close < 0) {
      openFrom = at;
      return false;
    }
    countLines(at, close);
    at = close + 2;
    return true;
  }

  /** Takes one token that begins with a character, and says which it is; names are all one. */
  private int scan(char first) {
    at++;
    return switch (first) {
      case '<' -> follows('-') ? ScriptLexer.ARROW : follows('=') ? ScriptLexer.LE : ScriptLexer.LT;
      case '>' -> follows('=') ? ScriptLexer.GE : ScriptLexer.GT;
      case '=' -> follows('=') ? ScriptLexer.EQ : ScriptLexer.ASSIGN;
      case '!' -> follows('=') ? ScriptLexer.NE : ScriptLexer.NOT;
      case '+' -> follows('=') ? ScriptLexer.PLUS_ASSIGN : ScriptLexer.PLUS;
      case '&' -> follows('&') ? ScriptLexer.AND_AND : ScriptLexer.AND;
      case '|' -> follows('|') ? ScriptLexer.OR_OR : ScriptLexer.OR;
      case ':' -> follows(':') ? ScriptLexer.SCOPE : ScriptLexer.COLON;
      case '/' -> follows('*') ? ScriptLexer.UNTERMINATED_COMMENT : ScriptLexer.DIVIDE;
      case '%' -> percent();
      case '^' -> ScriptLexer.POWER;
      case '*' -> ScriptLexer.TIMES;
      case '-' -> ScriptLexer.MINUS;
      case '(' -> ScriptLexer.LPAREN;
      case ')' -> ScriptLexer.RPAREN;
      case '[' -> ScriptLexer.LBRACK;
      case ']' -> ScriptLexer.RBRACK;
      case '{' -> ScriptLexer.LBRACE;
      case '}' -> ScriptLexer.RBRACE;
      case ',' -> ScriptLexer.COMMA;
      case ';' -> ScriptLexer.SEMI;
      case '"', '\'' -> quoted(first);
      case '$' -> argument();
      case '.' -> isDigit(chars[at]) ? fraction() : ScriptLexer.UNKNOWN;
      default -> isLetter(first) ? name() : isDigit(first) ? number() : unknown(first);
    };
  }

  private boolean follows(char next) {
    if (chars[at] != next) {
      return false;
    }
    at++;
    return true;
  }

  private int percent() {
    if (follows('%')) {
      return ScriptLexer.MODULO;
    }
    char between = chars[at];
    if ((between == '*' || between == '/') && chars[at + 1] == '%') {
      at += 2;
      return between == '*' ? ScriptLexer.MATMUL : ScriptLexer.INTEGER_DIVIDE;
    }
    return ScriptLexer.UNKNOWN;
  }

  private int quoted(char quote) {
    int content = at;
    int end = closing(quote, content);
    if (end == cutAt) {
      int lineEnd = text.indexOf('\n', content);
      if (lineEnd >= 0 && lineEnd < end) {
        at = lineEnd;
        return ScriptLexer.UNTERMINATED;
      }
    }
    if (end < length) {
      at = end + 1;
      return ScriptLexer.STRING;
    }
    at = closing(quote, content, true);
    return ScriptLexer.UNTERMINATED;
  }

  /** Where a text ends that begins here; the length where it is not closed. */
  private int closing(char quote, int content) {
    Closing known = quote == '"' ? doubleQuoted : singleQuoted;
    if (content < known.from || content > known.end) {
      known.from = content;
      known.end = closing(quote, content, false);
    }
    return known.end;
  }

  private int closing(char quote, int from, boolean inLine) {
    int place = from;
    while (place < length && chars[place] != quote) {
      char c = chars[place];
      if (inLine && (c == '\n' || c == '\r' || c == '\\' && place + 1 == length)) {
        return place;
      }
      place += c == '\\' ? 2 : 1;
    }
    return Math.min(place, length);
  }

  private int argument() {
    if (isLetter(chars[at])) {
      word();
      return ScriptLexer.ARGUMENT;
    }
    return digits() ? ScriptLexer.ARGUMENT : ScriptLexer.UNKNOWN;
  }

  private int name() {
    word();
    if (chars[at] != '.' || !isLetter(chars[at + 1])) {
      return ScriptLexer.ID;
    }
    while (chars[at] == '.' && isLetter(chars[at + 1])) {
      at++;
      word();
    }
    return ScriptLexer.DOTTED;
  }

  private void word() {
    char c = chars[at];
    while (isLetter(c) || isDigit(c) || c == '_') {
      c = chars[++at];
    }
  }

  private int number() {
    digits();
    if (follows('.')) {
      return fraction();
    }
    boolean isPower = exponent();
    suffix();
    return isPower ? ScriptLexer.DOUBLE : ScriptLexer.INTEGER;
  }

  private int fraction() {
    digits();
    exponent();
    suffix();
    return ScriptLexer.DOUBLE;
  }

  private boolean digits() {
    int from = at;
    while (isDigit(chars[at])) {
      at++;
    }
    return at > from;
  }

  private boolean exponent() {
    if (chars[at] != 'e' && chars[at] != 'E') {
      return false;
    }
    int before = at++;
    if (chars[at] == '+' || chars[at] == '-') {
      at++;
    }
    if (digits()) {
      return true;
    }
    at = before;
    return false;
  }

  private void suffix() {
    if (chars[at] == 'l' || chars[at] == 'L') {
      at++;
    }
  }

  /** A code point that begins nothing. */
  private int unknown(char first) {
    if (Character.isHighSurrogate(first) && Character.isLowSurrogate(chars[at])) {
      at++;
    }
    return ScriptLexer.UNKNOWN;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int keyword(String name) {
    return switch (name) {
      case "if" -> ScriptLexer.IF;
      case "else" -> ScriptLexer.ELSE;
      case "for" -> ScriptLexer.FOR;
      case "parfor" -> ScriptLexer.PARFOR;
      case "while" -> ScriptLexer.WHILE;
      case "function" -> ScriptLexer.FUNCTION;
      case "return" -> ScriptLexer.RETURN;
      case "in" -> ScriptLexer.IN;
      case "source" -> ScriptLexer.SOURCE;
      case "as" -> ScriptLexer.AS;
      case "TRUE" -> ScriptLexer.TRUE;
      case "FALSE" -> ScriptLexer.FALSE;
      default -> ScriptLexer.ID;
    };
  }

  @Override
  public int getLine() {
    return line;
  }

  @Override
  public int getCharPositionInLine() {
    return columnOf(at);
  }

  /** Null: tokens have their texts. */
  @Override
  public CharStream getInputStream() {
    return null;
  }

  @Override
  public String getSourceName() {
    return "script";
  }

  @Override
  public void setTokenFactory(TokenFactory<?> factory) {
    throw new UnsupportedOperationException("tokens are made here");
  }

  /** For tokens that an error strategy adds. */
  @Override
  public TokenFactory<?> getTokenFactory() {
    return CommonTokenFactory.DEFAULT;
  }
}
