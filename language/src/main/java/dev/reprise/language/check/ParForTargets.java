package dev.reprise.language.check;

import dev.reprise.language.Position;
import dev.reprise.language.syntax.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a loop's body assigns: variables as a whole, and variables by index. */
final class ParForTargets {
  private ParForTargets() {}

  /**
   * Adds to both collections.
   *
   * @param whole receives the position of each variable's first assignment as a whole
   */
  static void collect(
      List<Statement> statements, Map<String, Position> whole, Set<String> indexed) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Assign assign -> target(assign.target(), whole, indexed);
        case Statement.Accumulate accumulate -> target(accumulate.target(), whole, indexed);
        case Statement.MultiAssign multi ->
            multi.targets().forEach(target -> target(target, whole, indexed));
        case Statement.If choice -> {
          collect(choice.then(), whole, indexed);
          collect(choice.otherwise(), whole, indexed);
        }
        case Statement.While loop -> collect(loop.body(), whole, indexed);
        case Statement.For loop -> {
          whole.putIfAbsent(loop.variable().name(), loop.variable().position());
          collect(loop.body(), whole, indexed);
        }
        case Statement.CallStatement _, Statement.Source _, Statement.Definition _ -> {}
      }
    }
  }

  private static void target(
      Statement.Target target, Map<String, Position> whole, Set<String> indexed) {
    if (target.isWhole()) {
      whole.putIfAbsent(target.name(), target.position());
    } else {
      indexed.add(target.name());
    }
  }
}
