package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptLexer;
import dev.reprise.language.grammar.ScriptParser;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/**
 * The tokens of a file, with every bracket that opens the targets of {@code [a, b] = f(x)} marked as
 * such. New lines are white space, so without the mark {@code y = x} before it would take the bracket
 * for an index.
 */
final class ScriptTokens {
  private ScriptTokens() {}

  static CommonTokenStream of(String text) {
    ScriptLexer lexer = new ScriptLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    CommonTokenStream stream = new CommonTokenStream(lexer);
    stream.fill();
    markTargets(stream.getTokens());
    return stream;
  }

  private static void markTargets(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).getType() == ScriptLexer.LBRACK
          && !continuesName(tokens, i)
          && isAssigned(tokens, i)) {
        ((CommonToken) tokens.get(i)).setType(ScriptParser.TARGETS);
      }
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

  private static boolean isAssigned(List<Token> tokens, int bracket) {
    int depth = 0;
    for (int i = bracket; i < tokens.size(); i++) {
      switch (tokens.get(i).getType()) {
        case ScriptLexer.LBRACK -> depth++;
        case ScriptLexer.RBRACK -> depth--;
        case ScriptLexer.SEMI, ScriptLexer.LBRACE, ScriptLexer.RBRACE -> {
          return false;
        }
        default -> {}
      }
      if (depth == 0) {
        int next = tokens.get(i + 1).getType();
        return next == ScriptLexer.ASSIGN || next == ScriptLexer.ARROW;
      }
    }
    return false;
  }
}
