package dev.reprise.language.syntax;

import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.syntax.Expression.Subscript;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Trees as script text, such that reading the text gives the same tree (positions aside). */
public final class TreePrinter {
  private static final String STEP = "  ";

  private final StringBuilder text = new StringBuilder();

  private TreePrinter() {}

  public static String print(Script script) {
    TreePrinter printer = new TreePrinter();
    printer.statements(script.statements(), "");
    return printer.text.toString();
  }

  private void statements(List<Statement> statements, String indent) {
    statements.forEach(statement -> statement(statement, indent));
  }

  private void statement(Statement statement, String indent) {
    switch (statement) {
      case Statement.Assign(Statement.Target target, Expression value, var _) ->
          line(indent, target(target) + " = " + ExpressionPrinter.print(value));
      case Statement.Accumulate(Statement.Target target, Expression value, var _) ->
          line(indent, target(target) + " += " + ExpressionPrinter.print(value));
      case Statement.MultiAssign(List<Statement.Target> targets, Expression value, var _) ->
          line(
              indent,
              targets.stream().map(TreePrinter::target).collect(Collectors.joining(", ", "[", "]"))
                  + " = "
                  + ExpressionPrinter.print(value));
      case Statement.CallStatement(Expression.Call call, var _) ->
          line(indent, ExpressionPrinter.print(call));
      case Statement.If choice -> {
        line(indent, "if (" + ExpressionPrinter.print(choice.predicate()) + ") {");
        statements(choice.then(), indent + STEP);
        if (!choice.otherwise().isEmpty()) {
          line(indent, "} else {");
          statements(choice.otherwise(), indent + STEP);
        }
        line(indent, "}");
      }
      case Statement.While loop -> {
        line(indent, "while (" + ExpressionPrinter.print(loop.predicate()) + ") {");
        statements(loop.body(), indent + STEP);
        line(indent, "}");
      }
      case Statement.For loop -> loop(loop, indent);
      case Statement.Source source ->
          line(indent, "source(\"" + source.path() + "\") as " + source.namespace());
      case Statement.Definition definition -> function(definition.function(), indent);
    }
  }

  private void loop(Statement.For loop, String indent) {
    StringBuilder head = new StringBuilder(loop.parallel() ? "parfor (" : "for (");
    head.append(loop.variable().name()).append(" in ").append(range(loop.range()));
    for (Expression.Argument option : loop.options()) {
      head.append(", ").append(ExpressionPrinter.argument(option));
    }
    line(indent, head.append(") {").toString());
    statements(loop.body(), indent + STEP);
    line(indent, "}");
  }

  private static String range(Statement.Range range) {
    String from = ExpressionPrinter.print(range.from());
    String to = ExpressionPrinter.print(range.to());
    return range.step() == null
        ? from + ":" + to
        : "seq(" + from + ", " + to + ", " + ExpressionPrinter.print(range.step()) + ")";
  }

  private void function(Function function, String indent) {
    String results =
        function.results().isEmpty() ? "" : " return (" + parameters(function.results()) + ")";
    line(
        indent,
        function.name()
            + " = function("
            + parameters(function.parameters())
            + ")"
            + results
            + " {");
    statements(function.body(), indent + STEP);
    line(indent, "}");
  }

  private static String parameters(List<Function.Parameter> parameters) {
    return parameters.stream()
        .map(p ->
            type(p.type())
                + " "
                + p.name()
                + (p.defaultValue() == null
                    ? ""
                    : " = " + ExpressionPrinter.print(p.defaultValue())))
        .collect(Collectors.joining(", "));
  }

  private static String type(DeclaredType type) {
    return switch (type) {
      case MATRIX -> "matrix[double]";
      case FRAME -> "frame[unknown]";
      case LIST -> "list[unknown]";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  /** An assignment's target as it stands in a script. */
  public static String target(Statement.Target target) {
    return target.isWhole() ? target.name() : target.name() + index(target.subscripts());
  }

  /** Subscripts with their brackets. */
  static String index(List<Subscript> subscripts) {
    return subscripts.stream()
        .map(TreePrinter::subscript)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String subscript(Subscript subscript) {
    if (subscript.isAll()) {
      return "";
    }
    String lower = ExpressionPrinter.print(subscript.lower());
    return subscript.isRange() ? lower + ":" + ExpressionPrinter.print(subscript.upper()) : lower;
  }

  private void line(String indent, String content) {
    text.append(indent).append(content).append('\n');
  }
}
