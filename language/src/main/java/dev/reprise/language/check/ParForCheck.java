package dev.reprise.language.check;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.syntax.AssignedNames;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses a parfor whose iterations may depend on each other, and names the two accesses.
 *
 * <p>Variables that the iteration makes are its own. A variable from outside may be assigned as a
 * whole only when every iteration assigns it before reading it and nobody reads it after the loop;
 * it may be assigned by index when {@link DisjointTest} proves in one dimension that no two
 * iterations meet.
 */
public final class ParForCheck {
  private static final String HINT =
      "use for, or parfor with check=0 if you know that they do not depend on each other";

  private final Diagnostics diagnostics;
  private final Map<Statement.For, Set<String>> beforeParfor;
  private final Map<Statement.For, Set<String>> afterParfor;
  private final Map<String, Expression> stable;
  private final Set<String> functions;

  private ParForCheck(
      Diagnostics diagnostics,
      Map<Statement.For, Set<String>> beforeParfor,
      Map<Statement.For, Set<String>> afterParfor,
      Map<String, Expression> stable,
      Set<String> functions) {
    this.diagnostics = diagnostics;
    this.beforeParfor = beforeParfor;
    this.afterParfor = afterParfor;
    this.stable = stable;
    this.functions = functions;
  }

  /**
   * Checks every parfor of a procedure.
   *
   * @param beforeParfor variables that may exist before each parfor
   * @param parameters variables that have a value at the start
   * @param atExit variables that are read after the end
   * @param functions names of the script's functions
   */
  public static void check(
      List<Statement> body,
      Map<Statement.For, Set<String>> beforeParfor,
      Set<String> parameters,
      Set<String> atExit,
      Set<String> functions,
      Diagnostics diagnostics) {
    if (beforeParfor.isEmpty()) {
      return;
    }
    Map<String, Expression> stable = new HashMap<>(SingleDefinitions.of(body));
    Set<String> unstable = new HashSet<>(AssignedNames.of(body));
    unstable.removeAll(stable.keySet());
    stable.keySet().removeAll(parameters);
    stable.values().removeIf(definition -> readsAny(definition, unstable));
    new ParForCheck(
            diagnostics, beforeParfor, LiveVariables.afterParfor(body, atExit), stable, functions)
        .statements(body, List.of());
  }

  private static boolean readsAny(Expression expression, Set<String> names) {
    boolean[] found = {false};
    Reads.visit(expression, read -> found[0] |= names.contains(Reads.nameOf(read).name()));
    return found[0];
  }

  private void statements(List<Statement> statements, List<Statement.For> enclosing) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.If choice -> {
          statements(choice.then(), enclosing);
          statements(choice.otherwise(), enclosing);
        }
        case Statement.While loop -> statements(loop.body(), enclosing);
        case Statement.For loop -> {
          if (loop.parallel() && isChecked(loop)) {
            check(loop, enclosing);
          }
          List<Statement.For> inside = new ArrayList<>(enclosing);
          inside.add(loop);
          statements(loop.body(), inside);
        }
        default -> {}
      }
    }
  }

  private static boolean isChecked(Statement.For loop) {
    for (Expression.Argument option : loop.options()) {
      if (option.name().equals("check")
          && option.value() instanceof Expression.Literal literal
          && literal.value().asString().matches("0|FALSE|0\\.0")) {
        return false;
      }
    }
    return true;
  }

  private void check(Statement.For loop, List<Statement.For> enclosing) {
    Set<String> before = beforeParfor.getOrDefault(loop, Set.of());
    Map<String, Position> whole = new LinkedHashMap<>();
    Set<String> indexed = new HashSet<>();
    ParForTargets.collect(loop.body(), whole, indexed);
    whole.keySet().retainAll(before);
    whole.keySet().removeAll(Sums.of(loop, before));
    indexed.retainAll(before);
    indexed.removeAll(whole.keySet());
    wholeVariables(loop, whole);
    if (!indexed.isEmpty()) {
      indexedVariables(loop, enclosing, indexed);
    }
  }

  private void wholeVariables(Statement.For loop, Map<String, Position> whole) {
    Map<String, Expression> early = PrivateVariables.earlyReads(loop.body(), whole.keySet());
    Set<String> after = afterParfor.getOrDefault(loop, Set.of());
    whole.forEach((name, position) -> {
      Expression read = early.get(name);
      if (read != null) {
        error(
            position,
            name.length(),
            "'"
                + name
                + "' is assigned here, and read at "
                + place(read.position())
                + " before the same iteration has assigned it");
      } else if (after.contains(name)) {
        error(
            position,
            name.length(),
            "'" + name + "' is assigned here by every iteration, and read after the loop");
      }
    });
  }

  private void indexedVariables(
      Statement.For loop, List<Statement.For> enclosing, Set<String> indexed) {
    Set<String> changing = AssignedNames.of(loop.body());
    changing.add(loop.variable().name());
    IndexExpressions indexes = new IndexExpressions(stable, changing, functions);
    for (Statement.For outer : enclosing) {
      String name = outer.variable().name();
      Polynomial low = AccessCollector.bounds(outer, name, indexes).low();
      indexes.bind(name, low != null && low.isAtLeastOne() ? name : "~" + name);
    }
    String symbol = "~" + loop.variable().name();
    LoopBounds bounds = AccessCollector.bounds(loop, symbol, indexes);
    indexes.bind(loop.variable().name(), symbol);
    AccessCollector collector =
        new AccessCollector(indexed, SingleDefinitions.of(loop.body()), indexes);
    collector.collect(loop.body());
    DisjointTest test = new DisjointTest(bounds, collector.loops());
    Set<String> reported = new HashSet<>();
    for (Access write : collector.accesses()) {
      if (write.isWrite()) {
        for (Access other : collector.accesses()) {
          if (other.variable().equals(write.variable())
              && !neverMeet(write, other, test)
              && reported.add(write.variable())) {
            conflict(write, other);
          }
        }
      }
    }
  }

  private static boolean neverMeet(Access write, Access other, DisjointTest test) {
    if (write.ranges().size() != other.ranges().size()) {
      return false;
    }
    for (int i = 0; i < write.ranges().size(); i++) {
      if (test.neverMeet(write.ranges().get(i), other.ranges().get(i))) {
        return true;
      }
    }
    return false;
  }

  private void conflict(Access write, Access other) {
    String first = "'" + write.variable() + "' is written here as " + write.text();
    String second =
        write == other
            ? ", which another iteration may write as well"
            : other.isWrite()
                ? ", and another iteration may write the same cells as "
                    + other.text()
                    + " at "
                    + place(other.position())
                : ", and another iteration may read the same cells as "
                    + other.text()
                    + " at "
                    + place(other.position());
    error(write.position(), write.variable().length(), first + second);
  }

  private static String place(Position position) {
    return position.line() + ":" + position.column();
  }

  private void error(Position position, int length, String message) {
    diagnostics.error(
        position, length, "the parfor's iterations depend on each other: " + message, HINT);
  }
}
