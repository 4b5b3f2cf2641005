package dev.reprise.language.syntax;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The variables that statements assign, loop variables included, in order of first assignment. */
public final class AssignedNames {
  private AssignedNames() {}

  public static Set<String> of(List<Statement> statements) {
    Set<String> names = new LinkedHashSet<>();
    collect(statements, true, names);
    return names;
  }

  /**
   * Those that may be assigned when the statements are done: what the iterations of a parfor assign
   * is their own, unless it was there before.
   */
  public static Set<String> lasting(List<Statement> statements) {
    Set<String> names = new LinkedHashSet<>();
    collect(statements, false, names);
    return names;
  }

  private static void collect(List<Statement> statements, boolean withinParfor, Set<String> names) {
    for (Statement statement : statements) {
      if (statement instanceof Statement.Assign assign) {
        names.add(assign.target().name());
      } else if (statement instanceof Statement.Accumulate accumulate) {
        names.add(accumulate.target().name());
      } else if (statement instanceof Statement.MultiAssign multi) {
        multi.targets().forEach(target -> names.add(target.name()));
      } else if (statement instanceof Statement.If choice) {
        collect(choice.then(), withinParfor, names);
        collect(choice.otherwise(), withinParfor, names);
      } else if (statement instanceof Statement.While loop) {
        collect(loop.body(), withinParfor, names);
      } else if (statement instanceof Statement.For loop) {
        if (!loop.parallel() || withinParfor) {
          names.add(loop.variable().name());
          collect(loop.body(), withinParfor, names);
        }
      }
    }
  }
}
