package dev.reprise.language.check;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds variables that a parfor's body does nothing with but {@code X += e}: their values are not
 * seen in the body, so the terms of all iterations can be added up when the loop is over.
 */
public final class Sums {
  private final Set<String> accumulated = new HashSet<>();
  private final Set<String> otherwiseUsed = new HashSet<>();

  private Sums() {}

  /**
   * The names of the sums.
   *
   * @param before variables that exist before the loop
   */
  public static Set<String> of(Statement.For loop, Set<String> before) {
    Sums sums = new Sums();
    sums.otherwiseUsed.add(loop.variable().name());
    sums.statements(loop.body());
    Set<String> names = new HashSet<>(sums.accumulated);
    names.removeAll(sums.otherwiseUsed);
    names.retainAll(before);
    return names;
  }

  private void statements(List<Statement> statements) {
    statements.forEach(this::statement);
  }

  private void statement(Statement statement) {
    switch (statement) {
      case Statement.Assign(Statement.Target target, Expression value, var _) -> {
        read(value);
        used(target);
      }
      case Statement.Accumulate(Statement.Target target, Expression value, var _) -> {
        read(value);
        if (target.isWhole()) {
          accumulated.add(target.name());
        } else {
          used(target);
        }
      }
      case Statement.MultiAssign multi -> {
        read(multi.value());
        multi.targets().forEach(this::used);
      }
      case Statement.CallStatement(Expression.Call call, var _) -> read(call);
      case Statement.If choice -> {
        read(choice.predicate());
        statements(choice.then());
        statements(choice.otherwise());
      }
      case Statement.While loop -> {
        read(loop.predicate());
        statements(loop.body());
      }
      case Statement.For loop -> {
        read(loop.range().from());
        read(loop.range().to());
        if (loop.range().step() != null) {
          read(loop.range().step());
        }
        loop.options().forEach(option -> read(option.value()));
        otherwiseUsed.add(loop.variable().name());
        statements(loop.body());
      }
      case Statement.Source _, Statement.Definition _ -> {}
    }
  }

  private void used(Statement.Target target) {
    otherwiseUsed.add(target.name());
    for (Subscript subscript : target.subscripts()) {
      Reads.visit(List.of(subscript), read -> otherwiseUsed.add(Reads.nameOf(read).name()));
    }
  }

  private void read(Expression expression) {
    Reads.visit(expression, read -> otherwiseUsed.add(Reads.nameOf(read).name()));
  }
}
