package dev.reprise.language.syntax;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.grammar.ScriptParser;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/**
 * What happens at a token that does not fit: one message, then on to where a statement can begin.
 *
 * <p>An error leaves rules by exception until it reaches a statement or the header of a compound
 * statement. A broken header is skipped up to its block, so that mistakes inside the block are
 * found as well; a broken statement is skipped up to the next one, which begins a line (see {@link
 * #skipToStatement}). What cannot begin a statement at all is skipped before the loop over
 * statements sees it.
 */
final class SyntaxRecovery extends DefaultErrorStrategy {
  private final Diagnostics diagnostics;
  private int lastReported = -1;

  /** Braces that opened no block outside of one, whose ends are no further mistakes. */
  private int strayBraces;

  SyntaxRecovery(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  @Override
  public Token recoverInline(Parser parser) {
    throw new InputMismatchException(parser);
  }

  @Override
  public void reportError(Parser parser, RecognitionException e) {
    // Reported in recover, by the rule that recovers.
  }

  @Override
  public void recover(Parser parser, RecognitionException e) {
    ParserRuleContext context = parser.getContext();
    switch (context.getRuleIndex()) {
      case ScriptParser.RULE_statement -> {
        report(parser, e);
        skipToStatement(parser, context.getStart());
      }
      case ScriptParser.RULE_conditionHeader,
          ScriptParser.RULE_loopHeader,
          ScriptParser.RULE_functionHeader -> {
        report(parser, e);
        skipToBody(parser, context);
        // What is missing here has been said already.
        lastReported = parser.getInputStream().index();
      }
      case ScriptParser.RULE_block, ScriptParser.RULE_script -> report(parser, e);
      default -> throw e;
    }
  }

  /**
   * Before every item of a block or file: skips what cannot begin a statement, with one message.
   */
  @Override
  public void sync(Parser parser) {
    int rule = parser.getContext().getRuleIndex();
    boolean inBlock = rule == ScriptParser.RULE_block;
    if (!inBlock && rule != ScriptParser.RULE_script) {
      return;
    }
    TokenStream tokens = parser.getInputStream();
    while (!canContinue(tokens.LA(1), inBlock)) {
      Token token = tokens.LT(1);
      boolean isKnown = token.getType() == ScriptParser.RBRACE && strayBraces > 0;
      if (lastReported != token.getTokenIndex() && !isKnown) {
        report(token, StrayToken.message(tokens));
      }
      strayBraces += token.getType() == ScriptParser.LBRACE ? 1 : isKnown ? -1 : 0;
      parser.consume();
      if (token.getType() != ScriptParser.RBRACE) {
        skipToStatement(parser, token);
      }
    }
  }

  private static boolean canContinue(int type, boolean inBlock) {
    return switch (type) {
      case Token.EOF, ScriptParser.SEMI -> true;
      case ScriptParser.LBRACE -> inBlock;
      case ScriptParser.RBRACE -> inBlock;
      default -> beginsStatement(type);
    };
  }

  private static boolean beginsStatement(int type) {
    return switch (type) {
      case ScriptParser.IF,
          ScriptParser.FOR,
          ScriptParser.PARFOR,
          ScriptParser.WHILE,
          ScriptParser.TARGETS ->
          true;
      default -> isName(type);
    };
  }

  static boolean isName(int type) {
    return switch (type) {
      case ScriptParser.ID,
          ScriptParser.DOTTED,
          ScriptParser.AS,
          ScriptParser.IN,
          ScriptParser.SOURCE,
          ScriptParser.RETURN ->
          true;
      default -> false;
    };
  }

  private void report(Parser parser, RecognitionException e) {
    Token token = e.getOffendingToken();
    if (token.getTokenIndex() != lastReported) {
      report(token, SyntaxMessage.of(parser, e));
    }
  }

  private void report(Token token, SyntaxMessage message) {
    lastReported = token.getTokenIndex();
    diagnostics.error(positionOf(token), lengthOf(token), message.text(), message.hint());
  }

  private Position positionOf(Token token) {
    return new Position(
        diagnostics.file().name(), token.getLine(), token.getCharPositionInLine() + 1);
  }

  static int lengthOf(Token token) {
    if (token.getType() == Token.EOF) {
      return 1;
    }
    String text = token.getText();
    int lineEnd = text.indexOf('\n');
    return lineEnd < 0 ? text.length() : lineEnd;
  }

  /**
   * Skips to where the next statement may begin: a semicolon, the closing brace of the enclosing
   * block, or the first token of a line that looks like a statement. Inside open parentheses, where
   * {@code b = 2} looks like one too, such a line must not be indented deeper than the broken
   * statement.
   */
  private static void skipToStatement(Parser parser, Token start) {
    TokenStream tokens = parser.getInputStream();
    boolean restIsComment =
        tokens.LA(1) == ScriptParser.UNTERMINATED_COMMENT
            || start.getType() == ScriptParser.UNTERMINATED_COMMENT;
    int parentheses = openParentheses(tokens, start);
    int braces = 0;
    for (int type = tokens.LA(1); type != Token.EOF; type = tokens.LA(1)) {
      Token token = tokens.LT(1);
      boolean consumed = token.getTokenIndex() > start.getTokenIndex();
      if (braces == 0 && consumed && !restIsComment) {
        boolean shallow =
            parentheses <= 0 || token.getCharPositionInLine() <= start.getCharPositionInLine();
        if (type == ScriptParser.RBRACE
            || type == ScriptParser.SEMI
            || (shallow && startsLine(tokens, token) && looksLikeStatement(tokens, parentheses))) {
          return;
        }
      }
      switch (type) {
        case ScriptParser.LPAREN, ScriptParser.LBRACK -> parentheses++;
        case ScriptParser.RPAREN, ScriptParser.RBRACK -> parentheses--;
        case ScriptParser.LBRACE -> braces++;
        case ScriptParser.RBRACE -> braces--;
        default -> {}
      }
      parser.consume();
    }
  }

  /**
   * Skips the rest of a header: behind its closing parenthesis, up to the brace of its block, or to
   * the next statement. A semicolon between its parentheses, as in {@code for (i = 0; i < 3; i++)},
   * ends it in a later line only.
   */
  private static void skipToBody(Parser parser, ParserRuleContext header) {
    TokenStream tokens = parser.getInputStream();
    Token start = header.getStart();
    boolean endsWithParenthesis =
        start.getType() == ScriptParser.LPAREN
            && header.getRuleIndex() != ScriptParser.RULE_functionHeader;
    int parentheses = openParentheses(tokens, start);
    for (int type = tokens.LA(1); type != Token.EOF; type = tokens.LA(1)) {
      Token token = tokens.LT(1);
      if (type == ScriptParser.LBRACE
          || type == ScriptParser.RBRACE
          || type == ScriptParser.SEMI && (parentheses <= 0 || token.getLine() > start.getLine())
          || (token.getLine() > start.getLine()
              && startsLine(tokens, token)
              && looksLikeStatement(tokens, parentheses))) {
        return;
      }
      switch (type) {
        case ScriptParser.LPAREN -> parentheses++;
        case ScriptParser.RPAREN -> parentheses--;
        default -> {}
      }
      parser.consume();
      if (endsWithParenthesis && parentheses == 0) {
        return;
      }
    }
  }

  private static int openParentheses(TokenStream tokens, Token start) {
    int open = 0;
    for (int i = start.getTokenIndex(); i < tokens.index(); i++) {
      switch (tokens.get(i).getType()) {
        case ScriptParser.LPAREN, ScriptParser.LBRACK, ScriptParser.TARGETS -> open++;
        case ScriptParser.RPAREN, ScriptParser.RBRACK -> open--;
        default -> {}
      }
    }
    return open;
  }

  static boolean startsLine(TokenStream tokens, Token token) {
    int index = token.getTokenIndex();
    return index == 0 || tokens.get(index - 1).getLine() < token.getLine();
  }

  private static boolean looksLikeStatement(TokenStream tokens, int parentheses) {
    int type = tokens.LA(1);
    if (!isName(type)) {
      return beginsStatement(type) || type == ScriptParser.ELSE || type == ScriptParser.LBRACK;
    }
    return switch (tokens.LA(2)) {
      case ScriptParser.ASSIGN,
          ScriptParser.ARROW,
          ScriptParser.PLUS_ASSIGN,
          ScriptParser.LPAREN,
          ScriptParser.LBRACK,
          ScriptParser.SCOPE ->
          true;
      default -> parentheses <= 0 && endsExpression(tokens.LA(-1));
    };
  }

  private static boolean endsExpression(int type) {
    return switch (type) {
      case ScriptParser.INTEGER,
          ScriptParser.DOUBLE,
          ScriptParser.STRING,
          ScriptParser.TRUE,
          ScriptParser.FALSE,
          ScriptParser.RPAREN,
          ScriptParser.RBRACK,
          ScriptParser.RBRACE ->
          true;
      default -> isName(type);
    };
  }
}
