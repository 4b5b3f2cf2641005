package dev.reprise.language.syntax;

import dev.reprise.language.grammar.ScriptLexer;
import dev.reprise.language.grammar.ScriptParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/**
 * What the text of one input of a conversation is made of, found by its tokens alone, whether or
 * not it is correct.
 *
 * @param isOpen true when a bracket, a text, a comment or an operator is still open, so that more
 *     must follow
 * @param isExpression true when it can be no statement: nothing is assigned, and it is more than
 *     one call
 * @param definitions functions that it defines, by name; the text of each stands behind as many
 *     lines and blanks as before it, so that positions are those in the input
 * @param sources its {@code source("file") as ns} statements
 * @param names all names that occur in it
 */
public record InputPieces(
    boolean isOpen,
    boolean isExpression,
    Map<String, String> definitions,
    List<String> sources,
    Set<String> names) {

  /** Takes an input apart. */
  public static InputPieces of(String text) {
    List<Token> tokens = new ArrayList<>(ScriptTokens.of(text).getTokens());
    tokens.removeLast();
    Map<String, String> definitions = new LinkedHashMap<>();
    List<String> sources = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (SyntaxRecovery.isName(type(tokens, i))) {
        names.add(tokens.get(i).getText());
      }
      if (isDefinition(tokens, i)) {
        int end = closingBrace(tokens, i);
        if (end >= 0) {
          definitions.put(tokens.get(i).getText(), placed(text, tokens.get(i), tokens.get(end)));
        }
      } else if (isSource(tokens, i)) {
        sources.add(
            text.substring(tokens.get(i).getStartIndex(), tokens.get(i + 5).getStopIndex() + 1));
      }
    }
    return new InputPieces(
        isOpen(tokens), isExpression(tokens), definitions, List.copyOf(sources), names);
  }

  private static int type(List<Token> tokens, int at) {
    return at < tokens.size() ? tokens.get(at).getType() : Token.EOF;
  }

  private static boolean isDefinition(List<Token> tokens, int at) {
    int assign = type(tokens, at + 1);
    return SyntaxRecovery.isName(type(tokens, at))
        && (assign == ScriptLexer.ASSIGN || assign == ScriptLexer.ARROW)
        && type(tokens, at + 2) == ScriptLexer.FUNCTION;
  }

  private static boolean isSource(List<Token> tokens, int at) {
    return type(tokens, at) == ScriptLexer.SOURCE
        && type(tokens, at + 1) == ScriptLexer.LPAREN
        && type(tokens, at + 2) == ScriptLexer.STRING
        && type(tokens, at + 3) == ScriptLexer.RPAREN
        && type(tokens, at + 4) == ScriptLexer.AS
        && SyntaxRecovery.isName(type(tokens, at + 5));
  }

  private static int closingBrace(List<Token> tokens, int from) {
    int depth = 0;
    for (int i = from; i < tokens.size(); i++) {
      switch (type(tokens, i)) {
        case ScriptLexer.LBRACE -> depth++;
        case ScriptLexer.RBRACE -> {
          if (--depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  private static String placed(String text, Token first, Token last) {
    return "\n".repeat(first.getLine() - 1)
        + " ".repeat(first.getCharPositionInLine())
        + text.substring(first.getStartIndex(), last.getStopIndex() + 1);
  }

  private static boolean isOpen(List<Token> tokens) {
    int depth = 0;
    for (Token token : tokens) {
      switch (token.getType()) {
        case ScriptLexer.LPAREN, ScriptLexer.LBRACK, ScriptParser.TARGETS, ScriptLexer.LBRACE ->
            depth++;
        case ScriptLexer.RPAREN, ScriptLexer.RBRACK, ScriptLexer.RBRACE -> depth--;
        case ScriptLexer.UNTERMINATED_COMMENT -> {
          return true;
        }
        default -> {}
      }
    }
    return depth > 0
        || !tokens.isEmpty() && (expectsMore(tokens.getLast()) || endsInHeader(tokens));
  }

  private static boolean isExpression(List<Token> tokens) {
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (depth == 0
          && i > 0
          && SyntaxRecovery.isName(type(tokens, i))
          && !expectsMore(tokens.get(i - 1))) {
        // Another statement begins.
        return false;
      }
      switch (type(tokens, i)) {
        case ScriptLexer.LPAREN, ScriptLexer.LBRACK -> depth++;
        case ScriptLexer.RPAREN, ScriptLexer.RBRACK -> {
          depth--;
          if (depth == 0 && i == tokens.size() - 1 && isCallFrom(tokens, i)) {
            return false;
          }
        }
        case ScriptParser.TARGETS,
            ScriptLexer.LBRACE,
            ScriptLexer.IF,
            ScriptLexer.FOR,
            ScriptLexer.PARFOR,
            ScriptLexer.WHILE,
            ScriptLexer.SOURCE -> {
          return false;
        }
        case ScriptLexer.ASSIGN, ScriptLexer.ARROW, ScriptLexer.PLUS_ASSIGN, ScriptLexer.SEMI -> {
          if (depth == 0) {
            return false;
          }
        }
        default -> {}
      }
    }
    return !tokens.isEmpty();
  }

  /** True when the last parenthesis belongs to the first one, and only a name is before that. */
  private static boolean isCallFrom(List<Token> tokens, int last) {
    int depth = 0;
    for (int i = last; i > 0; i--) {
      int type = type(tokens, i);
      depth +=
          type == ScriptLexer.RPAREN || type == ScriptLexer.RBRACK
              ? 1
              : type == ScriptLexer.LPAREN || type == ScriptLexer.LBRACK ? -1 : 0;
      if (depth == 0) {
        return type == ScriptLexer.LPAREN
            && SyntaxRecovery.isName(type(tokens, i - 1))
            && (i == 1 || (i == 3 && SyntaxRecovery.isName(type(tokens, 0))));
      }
    }
    return false;
  }

  /** True behind the closing bracket of {@code if (...)}, {@code function(...)} and the like. */
  private static boolean endsInHeader(List<Token> tokens) {
    int depth = 0;
    for (int i = tokens.size() - 1; i > 0; i--) {
      int type = type(tokens, i);
      depth += type == ScriptLexer.RPAREN ? 1 : type == ScriptLexer.LPAREN ? -1 : 0;
      if (depth == 0) {
        return type == ScriptLexer.LPAREN && opensBlock(type(tokens, i - 1));
      }
    }
    return false;
  }

  private static boolean opensBlock(int keyword) {
    return switch (keyword) {
      case ScriptLexer.IF,
          ScriptLexer.FOR,
          ScriptLexer.PARFOR,
          ScriptLexer.WHILE,
          ScriptLexer.FUNCTION,
          ScriptLexer.RETURN ->
          true;
      default -> false;
    };
  }

  private static boolean expectsMore(Token last) {
    if (last.getType() == ScriptLexer.UNTERMINATED) {
      return true;
    }
    return switch (last.getText()) {
      case "=",
          "<-",
          "+=",
          "+",
          "-",
          "*",
          "/",
          "^",
          "%*%",
          "%%",
          "%/%",
          "==",
          "!=",
          "<",
          "<=",
          ">",
          ">=",
          "&",
          "&&",
          "|",
          "||",
          "!",
          ",",
          "else",
          "return" ->
          true;
      default -> false;
    };
  }
}
