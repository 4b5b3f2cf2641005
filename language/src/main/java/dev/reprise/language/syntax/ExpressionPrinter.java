package dev.reprise.language.syntax;

import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import java.util.stream.Collectors;

/** Expressions as script text, with parentheses only where precedence asks for them. */
public final class ExpressionPrinter {
  private static final int PRIMARY = 12;
  private static final int UNARY_SIGN = 10;
  private static final int COMPARISON = 5;
  private static final int NOT = 4;

  private ExpressionPrinter() {}

  public static String print(Expression expression) {
    if (expression instanceof Expression.Literal literal) {
      return literal(literal.value());
    }
    if (expression instanceof Expression.Name name) {
      return name.name();
    }
    if (expression instanceof Expression.CommandArgument argument) {
      return "$" + argument.name();
    }
    if (expression instanceof Expression.Unary unary) {
      return unary.operator() + wrapped(unary.operand(), precedence(unary));
    }
    if (expression instanceof Expression.Binary binary) {
      return binary(binary);
    }
    if (expression instanceof Expression.Call call) {
      return call.fullName()
          + call.arguments().stream()
              .map(ExpressionPrinter::argument)
              .collect(Collectors.joining(", ", "(", ")"));
    }
    if (expression instanceof Expression.Index index) {
      return index.target().name() + TreePrinter.index(index.subscripts());
    }
    return ((Expression.ListLiteral) expression)
        .elements().stream()
            .map(ExpressionPrinter::print)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  static String argument(Argument argument) {
    String value = print(argument.value());
    return argument.name() == null ? value : argument.name() + "=" + value;
  }

  private static String binary(Expression.Binary binary) {
    int precedence = precedence(binary);
    boolean rightAssociative = binary.operator().equals("^");
    return wrapped(binary.left(), rightAssociative ? precedence + 1 : precedence)
        + " "
        + binary.operator()
        + " "
        + wrapped(binary.right(), rightAssociative ? precedence : precedence + 1);
  }

  private static String wrapped(Expression expression, int least) {
    String text = print(expression);
    return precedence(expression) < least ? "(" + text + ")" : text;
  }

  /** Higher binds tighter. */
  private static int precedence(Expression expression) {
    if (expression instanceof Expression.Unary unary) {
      return unary.operator().equals("!") ? NOT : UNARY_SIGN;
    }
    if (!(expression instanceof Expression.Binary binary)) {
      return PRIMARY;
    }
    return switch (binary.operator()) {
      case "^" -> 11;
      case "%*%" -> 9;
      case "%/%", "%%" -> 8;
      case "*", "/" -> 7;
      case "+", "-" -> 6;
      case "&" -> 3;
      case "|" -> 2;
      default -> COMPARISON;
    };
  }

  private static String literal(Scalar value) {
    if (value instanceof StringScalar(String text)) {
      return quoted(text);
    }
    return value instanceof DoubleScalar(double number)
        ? Double.toString(number)
        : value.asString();
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
            .replace("\r", "\\r")
            .replace("\b", "\\b")
            .replace("\f", "\\f")
        + '"';
  }
}
