package dev.reprise.language.syntax;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.grammar.ScriptParser.BodyContext;
import dev.reprise.language.grammar.ScriptParser.ConditionalContext;
import dev.reprise.language.grammar.ScriptParser.ItemContext;
import dev.reprise.language.grammar.ScriptParser.LoopContext;
import dev.reprise.language.grammar.ScriptParser.LoopHeaderContext;
import dev.reprise.language.grammar.ScriptParser.MultiAssignContext;
import dev.reprise.language.grammar.ScriptParser.OptionContext;
import dev.reprise.language.grammar.ScriptParser.ScriptContext;
import dev.reprise.language.grammar.ScriptParser.SimpleContext;
import dev.reprise.language.grammar.ScriptParser.SourceFileContext;
import dev.reprise.language.grammar.ScriptParser.StatementContext;
import dev.reprise.language.grammar.ScriptParser.SubscriptsContext;
import dev.reprise.language.grammar.ScriptParser.TargetContext;
import dev.reprise.language.grammar.ScriptParser.WhileLoopContext;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Parse tree of a correct file to {@link Script}. */
final class TreeBuilder {
  private final Diagnostics diagnostics;
  private final ExpressionBuilder expressions;
  private final FunctionBuilder functions;

  TreeBuilder(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
    this.expressions = new ExpressionBuilder(diagnostics);
    this.functions = new FunctionBuilder(diagnostics, expressions, this);
  }

  Script script(ScriptContext context) {
    return new Script(items(context.item()));
  }

  List<Statement> items(List<ItemContext> items) {
    List<Statement> statements = new ArrayList<>(items.size());
    for (ItemContext item : items) {
      if (item.statement() != null) {
        statements.add(statement(item.statement()));
      }
    }
    return List.copyOf(statements);
  }

  private List<Statement> body(BodyContext body) {
    return body.block() != null ? items(body.block().item()) : List.of(statement(body.statement()));
  }

  private Statement statement(StatementContext context) {
    if (context instanceof SimpleContext simple) {
      return simple(simple);
    }
    if (context instanceof MultiAssignContext multi) {
      return multiAssign(multi);
    }
    if (context instanceof ConditionalContext conditional) {
      return conditional(conditional);
    }
    if (context instanceof LoopContext loop) {
      return loop(loop);
    }
    if (context instanceof WhileLoopContext loop) {
      return whileLoop(loop);
    }
    return source((SourceFileContext) context);
  }

  private Statement whileLoop(WhileLoopContext loop) {
    return new Statement.While(
        expressions.expression(loop.conditionHeader().expression()),
        body(loop.body()),
        at(loop.getStart()));
  }

  private Statement simple(SimpleContext simple) {
    Position position = at(simple.getStart());
    if (simple.arguments() != null) {
      return new Statement.CallStatement(
          expressions.call(simple.qualified(), simple.arguments()), position);
    }
    Expression.Name name = expressions.variable(simple.qualified());
    if (simple.functionHeader() != null) {
      if (simple.subscripts() != null) {
        diagnostics.error(
            position, name.name().length(), "a function cannot be assigned to an index", null);
      }
      return new Statement.Definition(functions.function(name, simple), position);
    }
    Statement.Target target = target(name, simple.subscripts());
    Expression value = expressions.expression(simple.expression());
    return simple.PLUS_ASSIGN() == null
        ? new Statement.Assign(target, value, position)
        : new Statement.Accumulate(target, value, position);
  }

  private Statement.Target target(Expression.Name name, SubscriptsContext subscripts) {
    return new Statement.Target(
        name.name(),
        subscripts == null ? List.of() : expressions.subscripts(subscripts),
        name.position());
  }

  private Statement multiAssign(MultiAssignContext multi) {
    List<Statement.Target> targets = new ArrayList<>();
    for (TargetContext target : multi.target()) {
      targets.add(target(expressions.variable(target.name()), target.subscripts()));
    }
    return new Statement.MultiAssign(
        List.copyOf(targets), expressions.expression(multi.expression()), at(multi.getStart()));
  }

  private Statement conditional(ConditionalContext conditional) {
    return new Statement.If(
        expressions.expression(conditional.conditionHeader().expression()),
        body(conditional.body(0)),
        conditional.body().size() > 1 ? body(conditional.body(1)) : List.of(),
        at(conditional.getStart()));
  }

  private Statement loop(LoopContext loop) {
    LoopHeaderContext header = loop.loopHeader();
    List<Expression.Argument> options = new ArrayList<>();
    for (OptionContext option : header.option()) {
      options.add(
          new Expression.Argument(
              option.name().getText(),
              expressions.expression(option.expression()),
              at(option.getStart())));
    }
    return new Statement.For(
        expressions.variable(header.name()),
        range(header),
        List.copyOf(options),
        body(loop.body()),
        loop.PARFOR() != null,
        at(loop.getStart()));
  }

  private Statement.Range range(LoopHeaderContext header) {
    Expression first = expressions.expression(header.expression(0));
    if (header.expression().size() > 1) {
      return new Statement.Range(first, expressions.expression(header.expression(1)), null);
    }
    if (first instanceof Expression.Call(String namespace, String name, var arguments, var _)
        && namespace == null
        && name.equals("seq")
        && (arguments.size() == 2 || arguments.size() == 3)) {
      return sequence(arguments);
    }
    diagnostics.error(
        first.position(),
        1,
        "a loop runs over a range, found something else",
        "write a:b or seq(a, b) or seq(a, b, step)");
    return new Statement.Range(first, first, null);
  }

  private static Statement.Range sequence(List<Expression.Argument> arguments) {
    Expression[] bounds = new Expression[3];
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i).name();
      int at = name == null ? i : List.of("from", "to", "incr").indexOf(name);
      bounds[at < 0 ? i : at] = arguments.get(i).value();
    }
    return new Statement.Range(bounds[0], bounds[1], bounds[2]);
  }

  private Statement source(SourceFileContext source) {
    return new Statement.Source(
        expressions.unescape(source.STRING().getSymbol()),
        source.name().getText(),
        at(source.getStart()));
  }

  private Position at(Token token) {
    return new Position(
        diagnostics.file().name(), token.getLine(), token.getCharPositionInLine() + 1);
  }
}
