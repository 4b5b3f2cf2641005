package dev.reprise.language.check;

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

  private LiveVariables() {}

  /**
   * Live variables behind each parfor.
   *
   * @param atExit variables that are read after the last statement
   */
  static Map<Statement.For, Set<String>> afterParfor(
      List<Statement> statements, Set<String> atExit) {
    LiveVariables analysis = new LiveVariables();
    analysis.before(statements, atExit);
    return analysis.afterParfor;
  }

  private Set<String> before(List<Statement> statements, Set<String> after) {
    Set<String> live = after;
    for (int i = statements.size() - 1; i >= 0; i--) {
      live = before(statements.get(i), live);
    }
    return live;
  }

  private Set<String> before(Statement statement, Set<String> after) {
    Set<String> live = new HashSet<>(after);
    switch (statement) {
      case Statement.Assign(Statement.Target target, Expression value, var _) -> {
        assign(target, live);
        read(value, live);
      }
      case Statement.Accumulate(Statement.Target target, Expression value, var _) -> {
        assign(target, live);
        live.add(target.name());
        read(value, live);
      }
      case Statement.MultiAssign multi -> {
        multi.targets().forEach(target -> assign(target, live));
        read(multi.value(), live);
      }
      case Statement.CallStatement(Expression.Call call, var _) -> read(call, live);
      case Statement.If choice -> {
        live.clear();
        live.addAll(before(choice.then(), after));
        live.addAll(before(choice.otherwise(), after));
        read(choice.predicate(), live);
      }
      case Statement.While loop -> {
        read(loop.predicate(), live);
        aroundBackEdge(loop.body(), null, live);
      }
      case Statement.For loop -> {
        if (loop.parallel()) {
          afterParfor.computeIfAbsent(loop, _ -> new HashSet<>()).addAll(after);
        }
        aroundBackEdge(loop.body(), loop.variable().name(), live);
        read(loop.range().from(), live);
        read(loop.range().to(), live);
        if (loop.range().step() != null) {
          read(loop.range().step(), live);
        }
      }
      case Statement.Source _, Statement.Definition _ -> {}
    }
    return live;
  }

  private void aroundBackEdge(List<Statement> body, String variable, Set<String> live) {
    int size;
    do {
      size = live.size();
      Set<String> before = before(body, live);
      before.remove(variable);
      live.addAll(before);
    } while (live.size() > size);
  }

  private static void assign(Statement.Target target, Set<String> live) {
    if (target.isWhole()) {
      live.remove(target.name());
    } else {
      live.add(target.name());
      for (Subscript subscript : target.subscripts()) {
        Reads.visit(List.of(subscript), read -> live.add(Reads.nameOf(read).name()));
      }
    }
  }

  private static void read(Expression expression, Set<String> live) {
    Reads.visit(expression, read -> live.add(Reads.nameOf(read).name()));
  }
}
