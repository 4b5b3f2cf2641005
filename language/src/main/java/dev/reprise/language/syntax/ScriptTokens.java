package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptLexer;
import dev.reprise.language.grammar.ScriptParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;

/**
 * The tokens of a file. Every bracket that opens the targets of {@code [a, b] = f(x)} marked as
 * such: new lines are white space, so without the mark {@code y = x} before it would take the
 * bracket for an index.
 */
final class ScriptTokens {
  private ScriptTokens() {}

  static CommonTokenStream of(String text) {
    TokenScanner scanner = new TokenScanner(text);
    List<Token> tokens = new ArrayList<>();
    CommonToken token = scanner.nextToken();
    while (token.getType() != Token.EOF) {
      int lastLine = scanner.getLine();
      CommonToken next = scanner.nextToken();
      if (lastLine > token.getLine() && swallowsLines(token, lastLine, next)) {
        // The text ends with its first line.
        scanner.cut(token, ScriptLexer.UNTERMINATED, SyntaxRecovery.lengthOf(token));
        next = scanner.nextToken();
      }
      tokens.add(token);
      token = next;
    }
    tokens.add(token);
    markTargets(tokens);
    CommonTokenStream stream = new CommonTokenStream(new ListTokenSource(tokens));
    stream.fill();
    return stream;
  }

  /**
   * A text may go over several lines; but when what follows its end on the same line cannot follow
   * a text, its closing quote was forgotten and the next text's opening quote was taken for it.
   *
   * @param lastLine of the token
   */
  private static boolean swallowsLines(Token token, int lastLine, Token next) {
    return token.getType() == ScriptLexer.STRING
        && next.getLine() == lastLine
        && switch (next.getType()) {
          case ScriptLexer.ID,
              ScriptLexer.DOTTED,
              ScriptLexer.INTEGER,
              ScriptLexer.DOUBLE,
              ScriptLexer.STRING,
              ScriptLexer.UNTERMINATED,
              ScriptLexer.UNKNOWN,
              ScriptLexer.ARGUMENT,
              ScriptLexer.DIVIDE,
              ScriptLexer.LPAREN ->
              true;
          default -> false;
        };
  }

  private static void markTargets(List<Token> tokens) {
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < tokens.size(); i++) {
      switch (tokens.get(i).getType()) {
        case ScriptLexer.LBRACK -> open.push(i);
        case ScriptLexer.RBRACK -> {
          if (!open.isEmpty()) {
            markIfTargets(tokens, open.pop(), tokens.get(i + 1).getType());
          }
        }
        case ScriptLexer.SEMI, ScriptLexer.LBRACE, ScriptLexer.RBRACE -> open.clear();
        default -> {}
      }
    }
  }

  /**
   * @param next what follows the closing bracket
   */
  private static void markIfTargets(List<Token> tokens, int bracket, int next) {
    boolean isAssigned = next == ScriptLexer.ASSIGN || next == ScriptLexer.ARROW;
    if (isAssigned && !continuesName(tokens, bracket)) {
      ((CommonToken) tokens.get(bracket)).setType(ScriptParser.TARGETS);
    }
  }

  /** True when the bracket follows a name on the same line, as an index does. */
  private static boolean continuesName(List<Token> tokens, int bracket) {
    if (bracket == 0) {
      return false;
    }
    Token before = tokens.get(bracket - 1);
    return SyntaxRecovery.isName(before.getType())
        && before.getLine() == tokens.get(bracket).getLine();
  }
}
