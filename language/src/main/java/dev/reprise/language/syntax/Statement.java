package dev.reprise.language.syntax;

import dev.reprise.language.Position;
import java.util.List;

/** A statement of the script language. */
public sealed interface Statement {

  Position position();

  /** {@code target = value}. */
  record Assign(Target target, Expression value, Position position) implements Statement {}

  /** {@code target += value}. */
  record Accumulate(Target target, Expression value, Position position) implements Statement {}

  /** {@code [a, b] = f(...)}; any expression is accepted here and refused later. */
  record MultiAssign(List<Target> targets, Expression value, Position position)
      implements Statement {}

  /** A call whose results nobody wants. */
  record CallStatement(Expression.Call call, Position position) implements Statement {}

  record If(
      Expression predicate, List<Statement> then, List<Statement> otherwise, Position position)
      implements Statement {}

  record While(Expression predicate, List<Statement> body, Position position)
      implements Statement {}

  /**
   * A counted loop.
   *
   * @param parallel true for {@code parfor}
   */
  record For(
      Expression.Name variable,
      Range range,
      List<Expression.Argument> options,
      List<Statement> body,
      boolean parallel,
      Position position)
      implements Statement {}

  /** {@code source("path") as namespace}. */
  record Source(String path, String namespace, Position position) implements Statement {}

  /** A function definition; an error anywhere but at the top level. */
  record Definition(Function function, Position position) implements Statement {}

  /**
   * A variable, or a part of it when subscripts are given.
   *
   * @param subscripts empty for the whole variable
   */
  record Target(String name, List<Expression.Subscript> subscripts, Position position) {
    public boolean isWhole() {
      return subscripts.isEmpty();
    }
  }

  /** {@code from:to}, or {@code seq(from, to, step)}; the step is null when left out. */
  record Range(Expression from, Expression to, Expression step) {}
}
