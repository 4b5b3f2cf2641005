package dev.reprise.language.check;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds variables that a parfor's body may read before the same iteration assigns them, and so
 * would see what another iteration assigned.
 */
final class PrivateVariables {
  private final Set<String> candidates;
  private final Map<String, Expression> earlyReads = new LinkedHashMap<>();
  private final NameTrail assigned = new NameTrail(Set.of());

  private PrivateVariables(Set<String> candidates) {
    this.candidates = candidates;
  }

  /**
   * The first such read of each candidate that has one.
   *
   * @param candidates variables that exist before the loop and are assigned in its body
   */
  static Map<String, Expression> earlyReads(List<Statement> body, Set<String> candidates) {
    PrivateVariables analysis = new PrivateVariables(candidates);
    analysis.statements(body);
    return analysis.earlyReads;
  }

  private void statements(List<Statement> statements) {
    statements.forEach(this::statement);
  }

  private void statement(Statement statement) {
    switch (statement) {
      case Statement.Assign(Statement.Target target, Expression value, var _) -> {
        read(value);
        assign(target);
      }
      case Statement.Accumulate(Statement.Target target, Expression value, var _) -> {
        read(new Expression.Name(target.name(), target.position()));
        read(value);
        assign(target);
      }
      case Statement.MultiAssign multi -> {
        read(multi.value());
        multi.targets().forEach(this::assign);
      }
      case Statement.CallStatement(Expression.Call call, var _) -> read(call);
      case Statement.If choice -> {
        read(choice.predicate());
        int fork = assigned.mark();
        statements(choice.then());
        Map<String, Boolean> then = assigned.takeBack(fork);
        statements(choice.otherwise());
        assigned.intersect(fork, then);
      }
      case Statement.While loop -> {
        read(loop.predicate());
        maybe(loop.body());
      }
      case Statement.For loop -> {
        read(loop.range().from());
        read(loop.range().to());
        if (loop.range().step() != null) {
          read(loop.range().step());
        }
        assigned.add(loop.variable().name());
        maybe(loop.body());
      }
      case Statement.Source _, Statement.Definition _ -> {}
    }
  }

  private void maybe(List<Statement> body) {
    int before = assigned.mark();
    statements(body);
    assigned.takeBack(before);
  }

  private void assign(Statement.Target target) {
    for (Subscript subscript : target.subscripts()) {
      Reads.visit(List.of(subscript), this::read);
    }
    if (target.isWhole()) {
      assigned.add(target.name());
    } else {
      read(new Expression.Name(target.name(), target.position()));
    }
  }

  private void read(Expression expression) {
    Reads.visit(
        expression,
        read -> {
          Expression.Name name = Reads.nameOf(read);
          if (candidates.contains(name.name()) && !assigned.contains(name.name())) {
            earlyReads.putIfAbsent(name.name(), name);
          }
        });
  }
}
