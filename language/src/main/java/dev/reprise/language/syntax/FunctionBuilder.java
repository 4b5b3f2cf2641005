package dev.reprise.language.syntax;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.NearestName;
import dev.reprise.language.grammar.ScriptParser.FunctionHeaderContext;
import dev.reprise.language.grammar.ScriptParser.ParameterContext;
import dev.reprise.language.grammar.ScriptParser.SimpleContext;
import dev.reprise.language.grammar.ScriptParser.TypeContext;
import dev.reprise.language.program.Procedure.DeclaredType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Parse tree of a correct function definition to {@link Function}. */
final class FunctionBuilder {
  private static final List<String> TYPES =
      List.of(
          "matrix", "frame", "list", "tensor", "scalar", "double", "integer", "int", "boolean",
          "string", "unknown");

  private final Diagnostics diagnostics;
  private final ExpressionBuilder expressions;
  private final TreeBuilder statements;

  FunctionBuilder(Diagnostics diagnostics, ExpressionBuilder expressions, TreeBuilder statements) {
    this.diagnostics = diagnostics;
    this.expressions = expressions;
    this.statements = statements;
  }

  Function function(Expression.Name name, SimpleContext definition) {
    FunctionHeaderContext header = definition.functionHeader();
    int split = endOfParameters(header);
    List<Function.Parameter> parameters = new ArrayList<>();
    List<Function.Parameter> results = new ArrayList<>();
    for (ParameterContext parameter : header.parameter()) {
      boolean isResult = parameter.getStart().getTokenIndex() > split;
      (isResult ? results : parameters).add(parameter(parameter));
    }
    return new Function(
        name.name(),
        List.copyOf(parameters),
        List.copyOf(results),
        statements.items(definition.block().item()),
        name.position());
  }

  private static int endOfParameters(FunctionHeaderContext header) {
    TerminalNode returns = header.RETURN();
    return returns == null ? Integer.MAX_VALUE : returns.getSymbol().getTokenIndex();
  }

  private Function.Parameter parameter(ParameterContext parameter) {
    Expression.Name name = expressions.variable(parameter.name());
    return new Function.Parameter(
        type(parameter.type()),
        parameter.type().getText(),
        name.name(),
        parameter.expression() == null ? null : expressions.expression(parameter.expression()),
        name.position());
  }

  private DeclaredType type(TypeContext type) {
    String outer = type.name(0).getText().toLowerCase(Locale.ROOT);
    if (outer.equals("scalar") && type.name().size() > 1) {
      return named(type.name(1).getText().toLowerCase(Locale.ROOT), type.name(1).getStart());
    }
    return named(outer, type.getStart());
  }

  private DeclaredType named(String name, Token token) {
    return switch (name) {
      case "matrix" -> DeclaredType.MATRIX;
      case "frame" -> DeclaredType.FRAME;
      case "list" -> DeclaredType.LIST;
      case "double" -> DeclaredType.DOUBLE;
      case "integer", "int" -> DeclaredType.INTEGER;
      case "boolean" -> DeclaredType.BOOLEAN;
      case "string" -> DeclaredType.STRING;
      case "unknown", "scalar", "tensor" -> DeclaredType.UNKNOWN;
      default -> {
        diagnostics.error(
            expressions.at(token),
            token.getText().length(),
            "unknown type '" + token.getText() + "'",
            NearestName.hint(name, TYPES));
        yield DeclaredType.UNKNOWN;
      }
    };
  }
}
