package dev.reprise.language.check;

import dev.reprise.language.Position;
import dev.reprise.language.syntax.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which variables a conversation forgets after an input. Everything may be read by a later input,
 * so {@code for (j in 1:3) {}} would make each later parfor a mistake that has a loop over {@code
 * j} of its own. Instead such a {@code j} has no value afterwards, and reading it is the mistake.
 */
public final class ForgottenVariables {
  private ForgottenVariables() {}

  /**
   * Variables of loops inside of a parfor that the program itself does not read after it. What a
   * parfor's body assigns in other ways is not among them.
   *
   * @param beforeParfor variables that may exist before each parfor
   * @param atExit variables that may be read after the end
   */
  public static Set<String> of(
      List<Statement> program, Map<Statement.For, Set<String>> beforeParfor, Set<String> atExit) {
    Set<String> forgotten = new HashSet<>();
    if (beforeParfor.isEmpty()) {
      return forgotten;
    }
    Map<Statement.For, Set<String>> read = LiveVariables.afterParfor(program, Set.of());
    Map<Statement.For, Set<String>> live = LiveVariables.afterParfor(program, atExit);
    read.forEach((loop, readAfterwards) -> {
      Set<String> variables = new HashSet<>();
      Set<String> assigned = new HashSet<>();
      collect(loop.body(), variables, assigned);
      variables.removeAll(assigned);
      variables.removeAll(readAfterwards);
      variables.retainAll(live.get(loop));
      variables.retainAll(beforeParfor.getOrDefault(loop, Set.of()));
      forgotten.addAll(variables);
    });
    return forgotten;
  }

  private static void collect(
      List<Statement> statements, Set<String> variables, Set<String> assigned) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.For loop -> {
          variables.add(loop.variable().name());
          collect(loop.body(), variables, assigned);
        }
        case Statement.If choice -> {
          collect(choice.then(), variables, assigned);
          collect(choice.otherwise(), variables, assigned);
        }
        case Statement.While loop -> collect(loop.body(), variables, assigned);
        default -> {
          Map<String, Position> whole = new HashMap<>();
          ParForTargets.collect(List.of(statement), whole, assigned);
          assigned.addAll(whole.keySet());
        }
      }
    }
  }
}
