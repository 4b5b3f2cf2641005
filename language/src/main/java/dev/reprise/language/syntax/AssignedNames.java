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
      if (statement instanceof Statement.Assign assign) {
        names.add(assign.target().name());
      } else if (statement instanceof Statement.Accumulate accumulate) {
        names.add(accumulate.target().name());
      } else if (statement instanceof Statement.MultiAssign multi) {
        multi.targets().forEach(target -> names.add(target.name()));
      } else if (statement instanceof Statement.If choice) {
        collect(choice.then(), names);
        collect(choice.otherwise(), names);
      } else if (statement instanceof Statement.While loop) {
        collect(loop.body(), names);
      } else if (statement instanceof Statement.For loop) {
        names.add(loop.variable().name());
        collect(loop.body(), names);
      }
    }
  }
}
