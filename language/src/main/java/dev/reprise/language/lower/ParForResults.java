package dev.reprise.language.lower;

import dev.reprise.language.check.Sums;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement;
import dev.reprise.language.syntax.Statement.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The results of a parfor.
 *
 * @param names variables that exist before the loop and are assigned by index in it, or summed up;
 *     not those that an iteration also assigns as a whole, which are its own
 * @param readNames those of them that the body also reads
 */
record ParForResults(Set<String> names, Set<String> readNames) {

  static ParForResults of(Statement.For loop, Set<String> before) {
    Set<String> indexed = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    collect(loop.body(), indexed, read);
    indexed.retainAll(before);
    indexed.removeAll(WholeTargets.of(loop.body()));
    read.retainAll(indexed);
    Set<String> names = new LinkedHashSet<>(indexed);
    Sums.of(loop, before).stream().sorted().forEach(names::add);
    return new ParForResults(names, read);
  }

  private static void collect(List<Statement> statements, Set<String> indexed, Set<String> read) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Assign assign -> {
          target(assign.target(), indexed, read);
          reads(assign.value(), read);
        }
        case Statement.Accumulate accumulate -> {
          target(accumulate.target(), indexed, read);
          read.add(accumulate.target().name());
          reads(accumulate.value(), read);
        }
        case Statement.MultiAssign multi -> {
          multi.targets().forEach(target -> target(target, indexed, read));
          reads(multi.value(), read);
        }
        case Statement.CallStatement(Expression.Call call, var _) -> reads(call, read);
        case Statement.If choice -> {
          reads(choice.predicate(), read);
          collect(choice.then(), indexed, read);
          collect(choice.otherwise(), indexed, read);
        }
        case Statement.While loop -> {
          reads(loop.predicate(), read);
          collect(loop.body(), indexed, read);
        }
        case Statement.For loop -> {
          reads(loop.range().from(), read);
          reads(loop.range().to(), read);
          if (loop.range().step() != null) {
            reads(loop.range().step(), read);
          }
          collect(loop.body(), indexed, read);
        }
        case Statement.Source _, Statement.Definition _ -> {}
      }
    }
  }

  private static void target(Target target, Set<String> indexed, Set<String> read) {
    if (!target.isWhole()) {
      indexed.add(target.name());
      subscripts(target.subscripts(), read);
    }
  }

  private static void subscripts(List<Subscript> subscripts, Set<String> read) {
    for (Subscript subscript : subscripts) {
      if (subscript.lower() != null) {
        reads(subscript.lower(), read);
      }
      if (subscript.upper() != null) {
        reads(subscript.upper(), read);
      }
    }
  }

  private static void reads(Expression expression, Set<String> read) {
    switch (expression) {
      case Expression.Literal _, Expression.CommandArgument _ -> {}
      case Expression.Name name -> read.add(name.name());
      case Expression.Unary unary -> reads(unary.operand(), read);
      case Expression.Binary binary -> {
        reads(binary.left(), read);
        reads(binary.right(), read);
      }
      case Expression.Index index -> {
        read.add(index.target().name());
        subscripts(index.subscripts(), read);
      }
      case Expression.ListLiteral list -> list.elements().forEach(e -> reads(e, read));
      case Expression.Call call -> call.arguments().forEach(a -> reads(a.value(), read));
    }
  }
}
