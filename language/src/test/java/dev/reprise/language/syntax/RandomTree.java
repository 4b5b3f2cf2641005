package dev.reprise.language.syntax;

import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement.Target;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Grows trees of every kind of node. */
final class RandomTree {
  private static final Position NOWHERE = new Position("test.dml", 1, 1);
  private static final List<String> OPERATORS =
      List.of(
          "^", "%*%", "%/%", "%%", "*", "/", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&", "|");

  private static final List<String> TEXTS =
      List.of("", "a b", "it's \"so\"\n\t", "# no comment", "\\\\c", "\\\n", "end\\\\");

  private final Random random;

  RandomTree(Random random) {
    this.random = random;
  }

  Script script() {
    List<Statement> statements = new ArrayList<>(many(5, () -> statement(3)));
    statements.addAll(many(2, this::definition));
    statements.addAll(
        many(1, () -> new Statement.Source("lib/" + name() + ".dml", name(), NOWHERE)));
    return new Script(statements);
  }

  private Statement definition() {
    List<Function.Parameter> results = many(3, () -> parameter(null));
    Function function =
        new Function(
            name(),
            many(3, () -> parameter(random.nextBoolean() ? expression(1) : null)),
            results,
            many(3, () -> statement(2)),
            NOWHERE);
    return new Statement.Definition(function, NOWHERE);
  }

  private Function.Parameter parameter(Expression value) {
    DeclaredType type = DeclaredType.values()[random.nextInt(DeclaredType.values().length)];
    return new Function.Parameter(type, "", name(), value, NOWHERE);
  }

  private Statement statement(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 4)) {
      case 0 -> new Statement.Assign(target(), expression(3), NOWHERE);
      case 1 -> new Statement.Accumulate(target(), expression(3), NOWHERE);
      case 2 -> new Statement.CallStatement(call(2), NOWHERE);
      case 3 -> {
        List<Target> targets = new ArrayList<>(many(2, this::target));
        targets.add(target());
        yield new Statement.MultiAssign(targets, call(2), NOWHERE);
      }
      case 4 ->
          new Statement.If(
              expression(3),
              many(3, () -> statement(depth - 1)),
              many(3, () -> statement(depth - 1)),
              NOWHERE);
      case 5 -> new Statement.While(expression(3), many(3, () -> statement(depth - 1)), NOWHERE);
      default ->
          new Statement.For(
              new Expression.Name(name(), NOWHERE),
              new Statement.Range(
                  expression(2), expression(2), random.nextBoolean() ? expression(1) : null),
              many(2, () -> new Argument(name(), expression(1), NOWHERE)),
              many(3, () -> statement(depth - 1)),
              random.nextBoolean(),
              NOWHERE);
    };
  }

  private Target target() {
    return new Target(name(), random.nextInt(3) > 0 ? List.of() : subscripts(1), NOWHERE);
  }

  private Expression expression(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 3)) {
      case 0 -> new Expression.Literal(scalar(), NOWHERE);
      case 1 -> new Expression.Name(name(), NOWHERE);
      case 2 -> new Expression.CommandArgument(random.nextBoolean() ? name() : "1", NOWHERE);
      case 3 ->
          new Expression.Unary(
              List.of("-", "+", "!").get(random.nextInt(3)), expression(depth - 1), NOWHERE);
      case 4 -> call(depth - 1);
      case 5 ->
          new Expression.Index(
              new Expression.Name(name(), NOWHERE), subscripts(depth - 1), NOWHERE);
      case 6 -> new Expression.ListLiteral(many(3, () -> expression(depth - 1)), NOWHERE);
      default ->
          new Expression.Binary(
              OPERATORS.get(random.nextInt(OPERATORS.size())),
              expression(depth - 1),
              expression(depth - 1),
              NOWHERE);
    };
  }

  private Expression.Call call(int depth) {
    boolean dotted = random.nextInt(4) == 0;
    return new Expression.Call(
        random.nextInt(4) == 0 ? name() : null,
        dotted ? "as.scalar" : name().replace("source", "f"),
        many(
            3,
            () ->
                new Argument(
                    random.nextInt(3) > 0 ? null : dotted ? "index.return" : name(),
                    expression(depth),
                    NOWHERE)),
        NOWHERE);
  }

  private List<Subscript> subscripts(int depth) {
    return random.nextInt(4) == 0
        ? List.of(new Subscript(expression(depth), random.nextBoolean() ? expression(1) : null))
        : List.of(subscript(depth), subscript(depth));
  }

  private Subscript subscript(int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> new Subscript(null, null);
      case 1 -> new Subscript(expression(depth), null);
      default -> new Subscript(expression(depth), expression(depth));
    };
  }

  private Scalar scalar() {
    return switch (random.nextInt(4)) {
      case 0 -> Scalar.of(random.nextInt(1000));
      case 1 -> Scalar.of(random.nextDouble() * 1e6);
      case 2 -> Scalar.of(random.nextBoolean());
      default -> Scalar.of(TEXTS.get(random.nextInt(TEXTS.size())));
    };
  }

  private String name() {
    return List.of("x", "Y", "a_1", "in", "as", "source", "seq2", "truth").get(random.nextInt(8));
  }

  private <T> List<T> many(int most, Supplier<T> one) {
    List<T> all = new ArrayList<>();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      all.add(one.get());
    }
    return all;
  }
}
