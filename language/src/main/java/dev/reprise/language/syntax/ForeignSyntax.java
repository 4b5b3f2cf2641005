package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptParser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/** What to write instead of words and operators that other languages have, and this one has not. */
final class ForeignSyntax {
  private static final String TWO_BOUNDS =
      "a range has both bounds, as in X[1:3, ]; what is left out means all";
  private static final String RANGE =
      "a:b stands in an index or a loop; seq(a, b) and seq(a, b, step) are columns";
  private static final String AND = "write & between conditions";
  private static final String OR = "write | between conditions";
  private static final String REMAINDER = "the remainder is written x %% y";
  private static final String LOOP = "a loop is written for (i in 1:n) {...}";

  /** Of what other languages write as one word. */
  private static final String ELSE_IF = "a further test is written else if (...) {...}";

  private ForeignSyntax() {}

  /**
   * A suggestion for a token that does not fit, from it and its neighbours; null without one.
   *
   * @param first the first token of the broken statement; null outside of one
   */
  static String hint(TokenStream tokens, Token token, Token first) {
    int index = token.getTokenIndex();
    Token before = index > 0 ? tokens.get(index - 1) : null;
    Token after = tokens.index() == index ? tokens.LT(2) : null;
    if (before == null) {
      return token.getText().equals("_") ? underscore(null) : null;
    }
    String byWord =
        before == first ? afterWord(before, token) : afterKeyword(tokens, before, token);
    if (byWord != null) {
      return byWord;
    }
    if (token.getType() == ScriptParser.LBRACE) {
      return isElseIf(calledBefore(tokens, index)) ? ELSE_IF : null;
    }
    if (before.getText().equals("not")) {
      return "negation is written !x";
    }
    if (isScope(tokens, before, token)) {
      return scope(before, after);
    }
    String instead = instead(before, token, after == null ? "" : after.getText());
    return instead == null && before == first && isOperator(token.getType())
        ? SyntaxMessage.STATEMENTS
        : instead;
  }

  /** {@code break}, {@code return y}: the word that begins the statement is no keyword here. */
  private static String afterWord(Token before, Token token) {
    return switch (before.getText()) {
      case "break" -> "there is no 'break'; let the condition of a while loop end it";
      case "next", "continue" ->
          "there is no '" + before.getText() + "'; put the rest of the body into an if";
      case "return" ->
          token.getType() == ScriptParser.LPAREN || token.getType() == ScriptParser.LBRACE
              ? null
              : "a function's results are assigned by name, as in y = x + 1; it ends at its '}'";
      case "and" -> AND;
      case "or" -> OR;
      case "mod" -> REMAINDER;
      case "then" -> "there is no 'then'; write if (test) {...}";
      case "repeat", "do", "loop", "until" ->
          "a loop without a count is written while (test) {...}";
      case "import", "from", "using", "include" ->
          "functions of another file: source(\"file.dml\") as ns, then ns::f(x)";
      case "var",
          "let",
          "const",
          "double",
          "integer",
          "int",
          "float",
          "boolean",
          "string",
          "matrix" ->
          SyntaxRecovery.isName(token.getType())
              ? "variables are not declared; write " + token.getText() + " = ..."
              : null;
      case "def" -> "a function is written f = function(double x) return (double y) {...}";
      default -> null;
    };
  }

  /** The name of the call that ends before a token; empty without one. */
  private static String calledBefore(TokenStream tokens, int index) {
    int open = 0;
    for (int i = index - 1; i > 0; i--) {
      int type = tokens.get(i).getType();
      open += type == ScriptParser.RPAREN ? 1 : type == ScriptParser.LPAREN ? -1 : 0;
      if (open == 0) {
        return type == ScriptParser.LPAREN ? tokens.get(i - 1).getText() : "";
      }
    }
    return "";
  }

  private static boolean isElseIf(String word) {
    return switch (word) {
      case "elif", "elseif", "elsif", "elsIf", "elseIf" -> true;
      default -> false;
    };
  }

  /** {@code if x > 3}, {@code for i in 1:3}, {@code for (int i = 0; ...)}. */
  private static String afterKeyword(TokenStream tokens, Token before, Token token) {
    int type = before.getType();
    if (type == ScriptParser.FOR || type == ScriptParser.PARFOR) {
      return token.getType() == ScriptParser.LPAREN ? null : LOOP;
    }
    if (type == ScriptParser.IF || type == ScriptParser.WHILE) {
      return token.getType() == ScriptParser.LPAREN
          ? null
          : "a condition stands in parentheses: " + before.getText() + " (x > 3) {...}";
    }
    int index = token.getTokenIndex();
    boolean isHead =
        index >= 3
            && tokens.get(index - 2).getType() == ScriptParser.LPAREN
            && (tokens.get(index - 3).getType() == ScriptParser.FOR
                || tokens.get(index - 3).getType() == ScriptParser.PARFOR);
    return isHead && SyntaxRecovery.isName(type) ? LOOP : null;
  }

  /** {@code =<}, {@code =>} and {@code <>}; {@code x -> y}. */
  private static String comparison(Token before, Token token, String after) {
    String own = comparison(token.getText() + after);
    return own != null ? own : comparison(before.getText() + token.getText());
  }

  private static String comparison(String signs) {
    return switch (signs) {
      case "=<", "<=" -> "at most is written x <= y";
      case "=>", ">=" -> "at least is written x >= y";
      case "<>" -> "unequal is written x != y";
      case "->" -> "'->' does not assign; write the variable first: y = x";
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
      case "==" ->
          ofName || before.getType() == ScriptParser.RBRACK ? "'==' compares; '=' assigns" : null;
      case ">", "<", "=", ">=", "<=" -> comparison(before, token, after);
      case "*" ->
          before.getType() == ScriptParser.TIMES
              ? "a power is written x ^ y"
              : compound(before, token, after);
      case "/" ->
          before.getType() == ScriptParser.DIVIDE
              ? "an integer quotient is written x %/% y"
              : compound(before, token, after);
      case "-" ->
          after.equals(">") ? comparison(before, token, after) : compound(before, token, after);
      case "+", "^" -> compound(before, token, after);
      case ":" ->
          before.getType() == ScriptParser.LBRACK || before.getType() == ScriptParser.COMMA
              ? TWO_BOUNDS
              : RANGE;
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

  private static boolean isOperator(int type) {
    return switch (type) {
      case ScriptParser.PLUS, ScriptParser.MINUS, ScriptParser.TIMES, ScriptParser.DIVIDE -> true;
      default -> false;
    };
  }

  /** {@code u:half(1)}, of {@code u::half(1)}. */
  private static boolean isScope(TokenStream tokens, Token before, Token token) {
    return token.getType() == ScriptParser.COLON
        && tokens.index() == token.getTokenIndex()
        && SyntaxRecovery.isName(before.getType())
        && SyntaxRecovery.isName(tokens.LA(2))
        && tokens.LA(3) == ScriptParser.LPAREN;
  }

  private static String scope(Token before, Token after) {
    String called = before.getText() + "::" + after.getText() + "(...)";
    return called + " calls a function of a name space; " + RANGE;
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
