package dev.reprise.language.check;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Variables that statements assign exactly once, as a whole, from an expression. */
final class SingleDefinitions {
  private final Map<String, Expression> definitions = new HashMap<>();
  private final Set<String> unfit = new HashSet<>();

  private SingleDefinitions() {}

  static Map<String, Expression> of(List<Statement> statements) {
    SingleDefinitions found = new SingleDefinitions();
    found.collect(statements);
    found.definitions.keySet().removeAll(found.unfit);
    return found.definitions;
  }

  private void collect(List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Assign(Statement.Target target, Expression value, var _) -> {
          if (!target.isWhole() || definitions.putIfAbsent(target.name(), value) != null) {
            unfit.add(target.name());
          }
        }
        case Statement.Accumulate accumulate -> unfit.add(accumulate.target().name());
        case Statement.MultiAssign multi ->
            multi.targets().forEach(target -> unfit.add(target.name()));
        case Statement.If choice -> {
          collect(choice.then());
          collect(choice.otherwise());
        }
        case Statement.While loop -> collect(loop.body());
        case Statement.For loop -> {
          unfit.add(loop.variable().name());
          collect(loop.body());
        }
        case Statement.CallStatement _, Statement.Source _, Statement.Definition _ -> {}
      }
    }
  }
}
