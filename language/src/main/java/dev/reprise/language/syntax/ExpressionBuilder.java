package dev.reprise.language.syntax;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.grammar.ScriptParser;
import dev.reprise.language.grammar.ScriptParser.ArgumentContext;
import dev.reprise.language.grammar.ScriptParser.ArgumentsContext;
import dev.reprise.language.grammar.ScriptParser.BinaryContext;
import dev.reprise.language.grammar.ScriptParser.ExpressionContext;
import dev.reprise.language.grammar.ScriptParser.ListLiteralContext;
import dev.reprise.language.grammar.ScriptParser.LiteralContext;
import dev.reprise.language.grammar.ScriptParser.NameContext;
import dev.reprise.language.grammar.ScriptParser.ParenthesisedContext;
import dev.reprise.language.grammar.ScriptParser.QualifiedContext;
import dev.reprise.language.grammar.ScriptParser.ReferenceContext;
import dev.reprise.language.grammar.ScriptParser.SubscriptContext;
import dev.reprise.language.grammar.ScriptParser.SubscriptsContext;
import dev.reprise.language.grammar.ScriptParser.UnaryContext;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Parse tree of a correct expression to {@link Expression}. */
final class ExpressionBuilder {
  private final Diagnostics diagnostics;

  ExpressionBuilder(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  Expression expression(ExpressionContext context) {
    if (context instanceof ReferenceContext reference) {
      return reference(reference);
    }
    if (context instanceof LiteralContext literal) {
      return literal(literal.getStart());
    }
    if (context instanceof BinaryContext binary) {
      return binary(binary);
    }
    if (context instanceof UnaryContext unary) {
      Token operator = unary.getStart();
      return new Expression.Unary(operator.getText(), expression(unary.expression()), at(operator));
    }
    if (context instanceof ParenthesisedContext inner) {
      return expression(inner.expression());
    }
    ListLiteralContext list = (ListLiteralContext) context;
    return new Expression.ListLiteral(expressions(list.expression()), at(list.getStart()));
  }

  private List<Expression> expressions(List<ExpressionContext> contexts) {
    List<Expression> built = new ArrayList<>(contexts.size());
    for (ExpressionContext context : contexts) {
      built.add(expression(context));
    }
    return List.copyOf(built);
  }

  private Expression binary(BinaryContext binary) {
    Token operator = (Token) binary.getChild(1).getPayload();
    String text =
        switch (operator.getType()) {
          case ScriptParser.AND_AND -> "&";
          case ScriptParser.OR_OR -> "|";
          default -> operator.getText();
        };
    return new Expression.Binary(
        text, expression(binary.expression(0)), expression(binary.expression(1)), at(operator));
  }

  private Expression literal(Token token) {
    String text = token.getText();
    return switch (token.getType()) {
      case ScriptParser.TRUE -> new Expression.Literal(Scalar.of(true), at(token));
      case ScriptParser.FALSE -> new Expression.Literal(Scalar.of(false), at(token));
      case ScriptParser.INTEGER -> new Expression.Literal(integer(token), at(token));
      case ScriptParser.DOUBLE ->
          new Expression.Literal(Scalar.of(Double.parseDouble(withoutSuffix(text))), at(token));
      case ScriptParser.STRING -> new Expression.Literal(Scalar.of(unescape(token)), at(token));
      default -> new Expression.CommandArgument(text.substring(1), at(token));
    };
  }

  private Scalar integer(Token token) {
    String digits = withoutSuffix(token.getText());
    try {
      return Scalar.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      diagnostics.error(
          at(token),
          digits.length(),
          "the integer " + digits + " does not fit into 64 bits",
          "write " + digits + ".0 for a double");
      return Scalar.of(0L);
    }
  }

  private static String withoutSuffix(String number) {
    return number.endsWith("L") || number.endsWith("l")
        ? number.substring(0, number.length() - 1)
        : number;
  }

  /**
   * The text between the quotes with its escape sequences replaced. As in SystemDS 3.3 a double
   * backslash is none: it stays, and its second half may begin one.
   */
  String unescape(Token token) {
    String raw = token.getText();
    String inner = raw.substring(1, raw.length() - 1);
    if (inner.indexOf('\\') < 0) {
      return inner;
    }
    StringBuilder text = new StringBuilder(inner.length());
    boolean afterBackslash = false;
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      int replaced = c == '\\' && i + 1 < inner.length() ? escape(inner.charAt(i + 1)) : -1;
      if (replaced >= 0) {
        text.append((char) replaced);
        i++;
        afterBackslash = false;
        continue;
      }
      boolean isDouble = afterBackslash || (i + 1 < inner.length() && inner.charAt(i + 1) == '\\');
      if (c == '\\' && !isDouble) {
        unknownEscape(inner.charAt(i + 1), token);
      }
      text.append(c);
      afterBackslash = c == '\\' && !afterBackslash;
    }
    return text.toString();
  }

  /** The character that an escape sequence stands for, or -1 when it is none. */
  private static int escape(char letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\'' -> letter;
      default -> -1;
    };
  }

  private void unknownEscape(char letter, Token token) {
    diagnostics.error(
        at(token),
        SyntaxRecovery.lengthOf(token),
        "the text contains \\" + letter + ", which is no escape sequence",
        "known are \\n \\t \\r \\b \\f \\\" \\' and \\\\");
  }

  private Expression reference(ReferenceContext reference) {
    if (reference.arguments() != null) {
      return call(reference.qualified(), reference.arguments());
    }
    Expression.Name name = variable(reference.qualified());
    return reference.subscripts() == null
        ? name
        : new Expression.Index(name, subscripts(reference.subscripts()), name.position());
  }

  Expression.Call call(QualifiedContext qualified, ArgumentsContext arguments) {
    List<Expression.Argument> built = new ArrayList<>();
    for (ArgumentContext argument : arguments.argument()) {
      String name = argument.name() == null ? null : argument.name().getText();
      built.add(
          new Expression.Argument(
              name, expression(argument.expression()), at(argument.getStart())));
    }
    boolean scoped = qualified.name().size() == 2;
    return new Expression.Call(
        scoped ? qualified.name(0).getText() : null,
        qualified.name(scoped ? 1 : 0).getText(),
        List.copyOf(built),
        at(qualified.getStart()));
  }

  /** A qualified name where a variable is due. */
  Expression.Name variable(QualifiedContext qualified) {
    if (qualified.name().size() == 2) {
      diagnostics.error(
          at(qualified.getStart()),
          qualified.getText().length(),
          "found '" + qualified.getText() + "' where a variable is expected",
          "only functions have a name space: " + qualified.getText() + "(...)");
    }
    return variable(qualified.name(0));
  }

  Expression.Name variable(NameContext name) {
    Token token = name.getStart();
    if (token.getType() == ScriptParser.DOTTED) {
      diagnostics.error(
          at(token),
          token.getText().length(),
          "the variable name '" + token.getText() + "' contains a dot",
          "dotted names belong to builtin functions; write " + token.getText().replace('.', '_'));
    }
    return new Expression.Name(token.getText(), at(token));
  }

  List<Expression.Subscript> subscripts(SubscriptsContext context) {
    List<Expression.Subscript> built = new ArrayList<>();
    for (SubscriptContext subscript : context.subscript()) {
      List<ExpressionContext> bounds = subscript.expression();
      built.add(
          new Expression.Subscript(
              bounds.isEmpty() ? null : expression(bounds.get(0)),
              bounds.size() < 2 ? null : expression(bounds.get(1))));
    }
    if (built.size() > 2 || (built.size() == 1 && built.getFirst().isAll())) {
      diagnostics.error(
          at(context.getStart()),
          1,
          "found an index of "
              + (built.size() > 2 ? built.size() + " dimensions" : "nothing")
              + ", expected [rows, columns] or [position]",
          null);
    }
    return List.copyOf(built);
  }

  Position at(Token token) {
    return new Position(
        diagnostics.file().name(), token.getLine(), token.getCharPositionInLine() + 1);
  }
}
