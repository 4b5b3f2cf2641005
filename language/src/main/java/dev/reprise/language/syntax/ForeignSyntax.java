package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptParser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/** What to write instead of words and operators that other languages have, and this one has not. */
final class ForeignSyntax {
  private static final String TWO_BOUNDS =
      "a range has both bounds, as in X[1:3, ]; what is left out means all";
  private static final String AND = "write & between conditions";
  private static final String OR = "write | between conditions";
  private static final String REMAINDER = "the remainder is written x %% y";

  private ForeignSyntax() {}

  /** A suggestion for a token that does not fit, from it and its neighbours; null without one. */
  static String hint(TokenStream tokens, Token token) {
    int index = token.getTokenIndex();
    Token before = index > 0 ? tokens.get(index - 1) : null;
    Token after = tokens.index() == index ? tokens.LT(2) : null;
    if (before == null) {
      return token.getText().equals("_") ? underscore(null) : null;
    }
    String byWord = afterWord(before, token);
    return byWord != null ? byWord : instead(before, token, after == null ? "" : after.getText());
  }

  /** {@code break}, {@code return y}, {@code not x}: the word before is no keyword here. */
  private static String afterWord(Token before, Token token) {
    return switch (before.getText()) {
      case "break" -> "there is no 'break'; let the condition of a while loop end it";
      case "next", "continue" ->
          "there is no '" + before.getText() + "'; put the rest of the body into an if";
      case "return" ->
          token.getType() == ScriptParser.LPAREN || token.getType() == ScriptParser.LBRACE
              ? null
              : "a function's results are assigned by name, as in y = x + 1; it ends at its '}'";
      case "not" -> "negation is written !x";
      case "and" -> AND;
      case "or" -> OR;
      case "mod" -> REMAINDER;
      case "def" -> "a function is written f = function(double x) return (double y) {...}";
      default -> null;
    };
  }

  private static String instead(Token before, Token token, String after) {
    boolean ofName = SyntaxRecovery.isName(before.getType());
    return switch (token.getText()) {
      case "and" -> AND;
      case "or" -> OR;
      case "mod" -> REMAINDER;
      case "@" -> "the matrix product is written X %*% Y";
      case "?" -> "write ifelse(test, yes, no)";
      case "%" -> "operators with percent signs are %*%, %/% and %%; see also outer(x, y, \"*\")";
      case "_" -> underscore(before);
      case "==" -> ofName ? "'==' compares; '=' assigns" : null;
      case "*" ->
          before.getType() == ScriptParser.TIMES
              ? "a power is written x ^ y"
              : compound(before, token, after);
      case "/" ->
          before.getType() == ScriptParser.DIVIDE
              ? "an integer quotient is written x %/% y"
              : compound(before, token, after);
      case "+", "-", "^" -> compound(before, token, after);
      case ":" ->
          before.getType() == ScriptParser.LBRACK || before.getType() == ScriptParser.COMMA
              ? TWO_BOUNDS
              : "a:b stands in an index or a loop; seq(a, b) and seq(a, b, step) are columns";
      case "]" -> before.getType() == ScriptParser.COLON ? TWO_BOUNDS : null;
      case "if" ->
          before.getLine() == token.getLine()
              ? "'if' is a statement; write ifelse(test, yes, no) for a value"
              : null;
      default ->
          token.getType() == ScriptParser.ARGUMENT && ofName
              ? "an element of a list is written "
                  + before.getText()
                  + "[\""
                  + token.getText().substring(1)
                  + "\"]"
              : null;
    };
  }

  /** {@code x -= 1} and {@code x++}. */
  private static String compound(Token before, Token token, String after) {
    if (!SyntaxRecovery.isName(before.getType())) {
      return null;
    }
    String name = before.getText();
    if (after.equals("=")) {
      return "write " + name + " = " + name + " " + token.getText() + " ...";
    }
    return after.equals(token.getText()) && !after.equals("^")
        ? "write " + name + " = " + name + " " + token.getText() + " 1"
        : null;
  }

  private static String underscore(Token before) {
    return before != null && before.getType() == ScriptParser.INTEGER
        ? "numbers are written without _"
        : "names begin with a letter";
  }
}
