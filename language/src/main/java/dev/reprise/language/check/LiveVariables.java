package dev.reprise.language.check;

import dev.reprise.language.syntax.AssignedNames;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which variables are read after a parfor, on some path, before they are assigned again. */
final class LiveVariables {
  private final Map<Statement.For, Set<String>> afterParfor = new IdentityHashMap<>();

  /** Those that are live at this place; statements are walked from the last to the first. */
  private final NameTrail live;

  private LiveVariables(Set<String> atExit) {
    this.live = new NameTrail(atExit);
  }

  /**
   * Variables of each parfor's body that are live behind it.
   *
   * @param atExit variables that are read after the last statement
   */
  static Map<Statement.For, Set<String>> afterParfor(
      List<Statement> statements, Set<String> atExit) {
    LiveVariables analysis = new LiveVariables(atExit);
    analysis.passBack(statements);
    return analysis.afterParfor;
  }

  private void passBack(List<Statement> statements) {
    statements.reversed().forEach(this::passBack);
  }

  private void passBack(Statement statement) {
    switch (statement) {
      case Statement.Assign(Statement.Target target, Expression value, var _) -> {
        assign(target);
        read(value);
      }
      case Statement.Accumulate(Statement.Target target, Expression value, var _) -> {
        assign(target);
        live.add(target.name());
        read(value);
      }
      case Statement.MultiAssign multi -> {
        multi.targets().forEach(this::assign);
        read(multi.value());
      }
      case Statement.CallStatement(Expression.Call call, var _) -> read(call);
      case Statement.If choice -> {
        int join = live.mark();
        passBack(choice.then());
        Map<String, Boolean> then = live.takeBack(join);
        passBack(choice.otherwise());
        live.unite(join, then);
        read(choice.predicate());
      }
      case Statement.While loop -> {
        read(loop.predicate());
        aroundBackEdge(loop.body(), null);
      }
      case Statement.For loop -> {
        if (loop.parallel()) {
          noteParfor(loop);
        }
        aroundBackEdge(loop.body(), loop.variable().name());
        read(loop.range().from());
        read(loop.range().to());
        if (loop.range().step() != null) {
          read(loop.range().step());
        }
      }
      case Statement.Source _, Statement.Definition _ -> {}
    }
  }

  private void noteParfor(Statement.For loop) {
    Set<String> names = AssignedNames.of(loop.body());
    names.retainAll(live.names());
    afterParfor.computeIfAbsent(loop, _ -> new HashSet<>()).addAll(names);
  }

  private void aroundBackEdge(List<Statement> body, String variable) {
    boolean more = true;
    while (more) {
      int end = live.mark();
      passBack(body);
      if (variable != null) {
        live.remove(variable);
      }
      more = live.unite(end, Map.of());
    }
  }

  private void assign(Statement.Target target) {
    if (target.isWhole()) {
      live.remove(target.name());
    } else {
      live.add(target.name());
      for (Subscript subscript : target.subscripts()) {
        Reads.visit(List.of(subscript), read -> live.add(Reads.nameOf(read).name()));
      }
    }
  }

  private void read(Expression expression) {
    Reads.visit(expression, read -> live.add(Reads.nameOf(read).name()));
  }
}
