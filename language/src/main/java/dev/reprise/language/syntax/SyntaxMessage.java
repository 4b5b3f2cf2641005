package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * What was found, what could stand there instead, and what to try.
 *
 * @param hint null when there is nothing to suggest
 */
record SyntaxMessage(String text, String hint) {
  static final String STATEMENTS = "a statement assigns or calls; print(x) shows a value";
  static final String ONLY_NAMES_ARE_INDEXED =
      "only variables are indexed; assign the value first: x = f(...), then x[1, ]";

  static SyntaxMessage of(Parser parser, RecognitionException e) {
    Token token = e.getOffendingToken();
    String lexical = lexicalError(token);
    if (lexical != null) {
      String hint = ForeignSyntax.hint(parser.getInputStream(), token, brokenStatement(parser));
      return new SyntaxMessage(lexical, hint);
    }
    IntervalSet expected = expected(parser, e);
    String named = describe(expected);
    String text = "found " + describe(token);
    return new SyntaxMessage(
        named.isEmpty() ? text + " where it cannot stand" : text + ", expected " + named,
        hint(parser, token, expected));
  }

  /** What is wrong with a token in itself; null when nothing is. */
  static String lexicalError(Token token) {
    return switch (token.getType()) {
      case ScriptParser.UNTERMINATED ->
          "the text that begins here has no closing " + token.getText().charAt(0);
      case ScriptParser.UNTERMINATED_COMMENT -> "the comment that begins here has no closing */";
      case ScriptParser.UNKNOWN ->
          "found " + shown(token.getText()) + ", which has no meaning here";
      default -> null;
    };
  }

  /** In quotes, or by its number if it cannot be seen. */
  private static String shown(String character) {
    int codePoint = character.codePointAt(0);
    boolean isInvisible =
        Character.isISOControl(codePoint)
            || Character.isWhitespace(codePoint)
            || Character.getType(codePoint) == Character.FORMAT;
    return isInvisible ? "the character U+%04X".formatted(codePoint) : "'" + character + "'";
  }

  /** Empty when the parser looked further than one token, so that no set belongs to the token. */
  private static IntervalSet expected(Parser parser, RecognitionException e) {
    if (e instanceof NoViableAltException none && none.getStartToken() != e.getOffendingToken()) {
      return new IntervalSet();
    }
    if (e.getOffendingState() < 0) {
      return new IntervalSet();
    }
    return parser.getATN().getExpectedTokens(e.getOffendingState(), e.getCtx());
  }

  private static String hint(Parser parser, Token token, IntervalSet expected) {
    TokenStream tokens = parser.getInputStream();
    String here = placeHint(parser, token, expected);
    if (here != null) {
      return here;
    }
    String foreign = ForeignSyntax.hint(tokens, token, brokenStatement(parser));
    if (foreign != null) {
      return foreign;
    }
    String known =
        token.getType() == Token.EOF && expected.contains(ScriptParser.RPAREN)
            ? openParenthesisHint(tokens)
            : hint(parser, token);
    return known != null ? known : omissionHint(tokens, token, expected);
  }

  /** Where the place says more than the token: a parameter without its type, a block after ':'. */
  private static String placeHint(Parser parser, Token token, IntervalSet expected) {
    if (token.getType() == ScriptParser.COLON && expected.contains(ScriptParser.LBRACE)) {
      return "a block is written {...}";
    }
    boolean name = expected.contains(ScriptParser.ID) && !expected.contains(ScriptParser.INTEGER);
    return token.getType() == ScriptParser.COLON || name && token.getType() != Token.EOF
        ? parameterHint(parser)
        : null;
  }

  /** The first token of the statement that the parser is in; null outside of one. */
  private static Token brokenStatement(Parser parser) {
    ParserRuleContext context = parser.getContext();
    return context.getRuleIndex() == ScriptParser.RULE_statement ? context.getStart() : null;
  }

  /** What may have been left out before the token: a comma, or all of a statement but a name. */
  private static String omissionHint(TokenStream tokens, Token token, IntervalSet expected) {
    boolean sameLine = !SyntaxRecovery.startsLine(tokens, token);
    boolean value =
        switch (token.getType()) {
          case ScriptParser.INTEGER,
              ScriptParser.DOUBLE,
              ScriptParser.STRING,
              ScriptParser.TRUE,
              ScriptParser.FALSE ->
              true;
          default -> SyntaxRecovery.isName(token.getType());
        };
    boolean inBrackets =
        expected.contains(ScriptParser.RPAREN) || expected.contains(ScriptParser.RBRACK);
    if (sameLine && value && inBrackets) {
      return separatorHint(tokens, token);
    }
    boolean ended =
        !sameLine
            || token.getType() == Token.EOF
            || token.getType() == ScriptParser.SEMI
            || token.getType() == ScriptParser.RBRACE;
    return ended
            && expected.contains(ScriptParser.ASSIGN)
            && expected.contains(ScriptParser.LPAREN)
            && !expected.contains(ScriptParser.POWER)
        ? STATEMENTS
        : null;
  }

  /** What may be missing between two values: a comma only where the open bracket allows one. */
  private static String separatorHint(TokenStream tokens, Token token) {
    int open = openBracket(tokens, token);
    int before = open == 0 ? Token.EOF : tokens.get(open - 1).getType();
    if (tokens.get(open).getType() != ScriptParser.LPAREN || SyntaxRecovery.isName(before)) {
      return "is a comma or an operator missing before it?";
    }
    return before == ScriptParser.FOR || before == ScriptParser.PARFOR
        ? "is a ')', a comma or an operator missing before it?"
        : "is a ')' or an operator missing before it?";
  }

  /** The index of the bracket that the token stands in; 0 without one. */
  private static int openBracket(TokenStream tokens, Token token) {
    int closed = 0;
    for (int i = token.getTokenIndex() - 1; i > 0; i--) {
      switch (tokens.get(i).getType()) {
        case ScriptParser.RPAREN, ScriptParser.RBRACK -> closed++;
        case ScriptParser.LPAREN, ScriptParser.LBRACK, ScriptParser.TARGETS -> {
          if (closed-- == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return 0;
  }

  private static String hint(Parser parser, Token token) {
    return switch (token.getType()) {
      case ScriptParser.ARROW -> "'<-' assigns; write '< -' to compare with a negative number";
      case ScriptParser.ASSIGN -> assignHint(parser);
      case Token.EOF -> openBlockHint(parser);
      case ScriptParser.LBRACK -> indexHint(parser, token);
      case ScriptParser.SEMI -> rowsHint(parser.getInputStream(), token);
      default -> parameterHint(parser);
    };
  }

  /** {@code sum(f(x)[1, ])}: what a call, parentheses or an index give has no index. */
  private static String indexHint(Parser parser, Token token) {
    int before = token.getTokenIndex() - 1;
    int type = before < 0 ? Token.EOF : parser.getInputStream().get(before).getType();
    return (type == ScriptParser.RPAREN || type == ScriptParser.RBRACK)
            && !SyntaxRecovery.startsLine(parser.getInputStream(), token)
        ? ONLY_NAMES_ARE_INDEXED
        : parameterHint(parser);
  }

  /** {@code [1, 2; 3, 4]}. */
  private static String rowsHint(TokenStream tokens, Token token) {
    int open = openBracket(tokens, token);
    int type = tokens.get(open).getType();
    return (type == ScriptParser.LBRACK || type == ScriptParser.TARGETS)
            && (open == 0 || !SyntaxRecovery.isName(tokens.get(open - 1).getType()))
        ? "a matrix is written matrix(\"1 2 3 4\", rows=2, cols=2), or rbind of its rows"
        : null;
  }

  private static String assignHint(Parser parser) {
    for (ParserRuleContext c = parser.getContext(); c != null; c = c.getParent()) {
      if (c.getRuleIndex() == ScriptParser.RULE_conditionHeader) {
        return "'=' assigns; write '==' to compare";
      }
    }
    return null;
  }

  /** Where the last parenthesis begins that the file does not close. */
  private static String openParenthesisHint(TokenStream tokens) {
    int closed = 0;
    for (int i = tokens.index() - 1; i >= 0; i--) {
      int type = tokens.get(i).getType();
      if (type == ScriptParser.LPAREN && closed-- == 0) {
        return "the parenthesis in line " + tokens.get(i).getLine() + " is not closed";
      } else if (type == ScriptParser.RPAREN) {
        closed++;
      }
    }
    return null;
  }

  private static String openBlockHint(Parser parser) {
    for (ParserRuleContext c = parser.getContext(); c != null; c = c.getParent()) {
      if (c.getRuleIndex() == ScriptParser.RULE_block) {
        Token nested = nestedFunction(parser.getInputStream(), c.getStart());
        return "the block that begins in line "
            + c.getStart().getLine()
            + " is not closed"
            + (nested == null
                ? ""
                : "; is a '}' missing before the function in line " + nested.getLine() + "?");
      }
    }
    return null;
  }

  /** The first function definition inside an open block, where it cannot be meant to stand. */
  private static Token nestedFunction(TokenStream tokens, Token open) {
    for (int i = open.getTokenIndex() + 1; i < tokens.size(); i++) {
      if (tokens.get(i).getType() == ScriptParser.FUNCTION) {
        return tokens.get(i);
      }
    }
    return null;
  }

  private static String parameterHint(Parser parser) {
    return parser.getContext().getRuleIndex() == ScriptParser.RULE_functionHeader
        ? "parameters and results are written with their types: matrix[double] X, double tol = 0.1"
        : null;
  }

  /** A token as a message names it. */
  static String describe(Token token) {
    return switch (token.getType()) {
      case Token.EOF -> "the end of the file";
      case ScriptParser.STRING -> "the text " + shortened(token.getText());
      case ScriptParser.INTEGER, ScriptParser.DOUBLE -> "the number " + token.getText();
      case ScriptParser.TARGETS -> "'['";
      default -> "'" + shortened(token.getText()) + "'";
    };
  }

  private static String shortened(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 30 ? line.substring(0, 30) + "..." : line;
  }

  private static String describe(IntervalSet expected) {
    List<String> parts = new ArrayList<>();
    boolean expression = expected.contains(ScriptParser.INTEGER);
    if (expression) {
      parts.add("an expression");
    } else if (expected.contains(ScriptParser.ID)) {
      parts.add(expected.contains(ScriptParser.IF) ? "a statement" : "a name");
    }
    if (expected.contains(ScriptParser.POWER)) {
      parts.add("an operator");
    }
    for (int type : expected.toList()) {
      if (isNamedAlone(type, expression, expected.contains(ScriptParser.ID))) {
        parts.add(
            type == ScriptParser.STRING
                ? "a text in quotes"
                : ScriptParser.VOCABULARY.getDisplayName(type));
      }
    }
    return joined(parts);
  }

  private static boolean isNamedAlone(int type, boolean expression, boolean name) {
    return switch (type) {
      case ScriptParser.AS, ScriptParser.IN -> !name;
      case ScriptParser.STRING -> !expression;
      case ScriptParser.RPAREN,
          ScriptParser.RBRACK,
          ScriptParser.LBRACE,
          ScriptParser.RBRACE,
          ScriptParser.COMMA,
          ScriptParser.COLON,
          ScriptParser.ASSIGN ->
          true;
      case ScriptParser.LPAREN, ScriptParser.LBRACK -> !expression;
      default -> false;
    };
  }

  private static String joined(List<String> parts) {
    if (parts.size() < 2) {
      return String.join("", parts);
    }
    return String.join(", ", parts.subList(0, parts.size() - 1)) + " or " + parts.getLast();
  }
}
