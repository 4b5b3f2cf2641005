package dev.reprise.language.lower;

import dev.reprise.language.syntax.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The variables that statements assign as a whole. */
final class WholeTargets {
  private final Set<String> names = new HashSet<>();

  private WholeTargets() {}

  static Set<String> of(List<Statement> statements) {
    WholeTargets targets = new WholeTargets();
    targets.collect(statements);
    return targets.names;
  }

  private void collect(List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Assign assign -> add(assign.target());
        case Statement.Accumulate accumulate -> add(accumulate.target());
        case Statement.MultiAssign multi -> multi.targets().forEach(this::add);
        case Statement.If choice -> {
          collect(choice.then());
          collect(choice.otherwise());
        }
        case Statement.While loop -> collect(loop.body());
        case Statement.For loop -> {
          names.add(loop.variable().name());
          collect(loop.body());
        }
        case Statement.CallStatement _, Statement.Source _, Statement.Definition _ -> {}
      }
    }
  }

  private void add(Statement.Target target) {
    if (target.isWhole()) {
      names.add(target.name());
    }
  }
}
