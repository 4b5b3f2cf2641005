package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptParser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/** What to say of a token that stands where a statement should begin. */
final class StrayToken {
  private StrayToken() {}

  /** The message for the next token. */
  static SyntaxMessage message(TokenStream tokens) {
    Token token = tokens.LT(1);
    String lexical = SyntaxMessage.lexicalError(token);
    if (lexical != null) {
      return new SyntaxMessage(lexical, ForeignSyntax.hint(tokens, token, null));
    }
    String expected =
        SyntaxRecovery.startsLine(tokens, token) || token.getType() == ScriptParser.RBRACE
            ? ", expected a statement"
            : ", expected an operator or the end of the statement";
    return new SyntaxMessage(
        "found " + SyntaxMessage.describe(token) + expected, hint(tokens, token));
  }

  private static String hint(TokenStream tokens, Token token) {
    return switch (token.getType()) {
      case ScriptParser.RBRACE -> "there is one closing brace too many";
      case ScriptParser.RPAREN -> "there is one closing parenthesis too many";
      case ScriptParser.ELSE -> "'else' must follow the statement or block of its 'if'";
      case ScriptParser.FUNCTION -> "a function is defined as: name = function(...) {...}";
      case ScriptParser.LBRACK ->
          SyntaxRecovery.startsLine(tokens, token)
              ? "several results are assigned as: [a, b] = f(...)"
              : SyntaxMessage.ONLY_NAMES_ARE_INDEXED;
      case ScriptParser.ASSIGN, ScriptParser.ARROW -> continuationHint(tokens, token);
      default -> ForeignSyntax.hint(tokens, token, null);
    };
  }

  /** {@code z = x +} at the end of a line takes the next line's first name for its operand. */
  private static String continuationHint(TokenStream tokens, Token token) {
    int index = token.getTokenIndex();
    if (index < 2 || !SyntaxRecovery.startsLine(tokens, tokens.get(index - 1))) {
      return ForeignSyntax.hint(tokens, token, null);
    }
    int line = tokens.get(index - 2).getLine();
    return "the statement of line " + line + " goes on here; is its end missing?";
  }
}
