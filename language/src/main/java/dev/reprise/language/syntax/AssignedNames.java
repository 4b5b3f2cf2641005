package dev.reprise.language.syntax;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The variables that statements assign, loop variables included, in order of first assignment. */
public final class AssignedNames {
  private AssignedNames() {}

  public static Set<String> of(List<Statement> statements) {
    Set<String> names = new LinkedHashSet<>();
    collect(statements, names);
    return names;
  }

  private static void collect(List<Statement> statements, Set<String> names) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Assign assign -> names.add(assign.target().name());
        case Statement.Accumulate accumulate -> names.add(accumulate.target().name());
        case Statement.MultiAssign multi ->
            multi.targets().forEach(target -> names.add(target.name()));
        case Statement.If choice -> {
          collect(choice.then(), names);
          collect(choice.otherwise(), names);
        }
        case Statement.While loop -> collect(loop.body(), names);
        case Statement.For loop -> {
          names.add(loop.variable().name());
          collect(loop.body(), names);
        }
        case Statement.CallStatement _, Statement.Source _, Statement.Definition _ -> {}
      }
    }
  }
}
