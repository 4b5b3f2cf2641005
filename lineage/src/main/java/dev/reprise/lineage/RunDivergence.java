package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Place;
import java.util.HashSet;
import java.util.Set;

/**
 * Where two runs part that begin at the same iteration: the first iteration after which a variable
 * differs that the compared ones are made of. Everything before it is equal, so what makes the
 * difference is in this iteration, or, before the first one, in what the runs started from.
 *
 * <p>Found by evaluating the keys of both runs side by side, about 10 ns per operation; no items
 * are made.
 */
final class RunDivergence {
  private enum Kind {
    /** The runs gave the same. */
    NONE,
    /** One run goes on where the other ends. */
    LENGTHS,
    /** A variable after an iteration, or before the first one. */
    VARIABLE
  }

  private final Kind kind;
  private final boolean certain;
  private final RunItem first;
  private final RunItem second;
  private final long iteration;
  private final int firstVariable;
  private final int secondVariable;

  private RunDivergence(
      Kind kind,
      boolean certain,
      RunItem first,
      RunItem second,
      long iteration,
      int firstVariable,
      int secondVariable) {
    this.kind = kind;
    this.certain = certain;
    this.first = first;
    this.second = second;
    this.iteration = iteration;
    this.firstVariable = firstVariable;
    this.secondVariable = secondVariable;
  }

  /** Null when the items are not variables after iterations of runs that can be aligned. */
  static RunDivergence between(LineageItem left, LineageItem right) {
    if (!(left instanceof RunItem first)
        || !(right instanceof RunItem second)
        || first.place >= 0
        || second.place >= 0
        || first.run.body.firstIteration != second.run.body.firstIteration) {
      return null;
    }
    // What the first iterations do with the variables tells that these are the same.
    RunBody a = first.run.body;
    RunBody b = second.run.body;
    boolean alike =
        first.place == second.place
            && a.variables() == b.variables()
            && a.patchAt(0).isSameSkeleton(b.patchAt(0));
    return alike ? ofVariables(first, second) : ofOneVariable(first, second);
  }

  /** All variables are compared that matter after an iteration. */
  private static RunDivergence ofVariables(RunItem first, RunItem second) {
    RunItem shorter = first.iteration <= second.iteration ? first : second;
    long last = shorter.iteration;
    long equal = RunShapes.equalUntil(first.run, second.run, last + 1);
    if (equal == last + 1) {
      return ofLengths(first, second);
    }
    RunLiveness live = RunLiveness.of(shorter.run.body, last, ~shorter.place);
    if (live == null) {
      return null;
    }
    RunEvaluator a = first.run.keys.evaluatorAfter(equal - 1, last);
    RunEvaluator b = second.run.keys.evaluatorAfter(equal - 1, last);
    RunLiveness.Cursor cursor = live.fromStart();
    while (true) {
      long at = a.iteration();
      for (int c : cursor.variablesAfter(at)) {
        if (a.differs(c, b, c)) {
          boolean certain =
              first.iteration == second.iteration
                  && live.isExact()
                  && RunShapes.areAlike(first.run, second.run, last + 1);
          return new RunDivergence(Kind.VARIABLE, certain, first, second, at, c, c);
        }
      }
      if (at == last) {
        return ofLengths(first, second);
      }
      a.step();
      b.step();
    }
  }

  /** Nobody knows which variables belong together, but for the two that are compared. */
  private static RunDivergence ofOneVariable(RunItem first, RunItem second) {
    int c = ~first.place;
    int d = ~second.place;
    if (!RunLiveness.isKept(first.run.body, c) || !RunLiveness.isKept(second.run.body, d)) {
      return null;
    }
    long last = Math.min(first.iteration, second.iteration);
    RunEvaluator a = first.run.keys.evaluatorAfter(-1, last);
    RunEvaluator b = second.run.keys.evaluatorAfter(-1, last);
    while (!a.differs(c, b, d)) {
      if (a.iteration() == last) {
        return ofLengths(first, second);
      }
      a.step();
      b.step();
    }
    return new RunDivergence(Kind.VARIABLE, false, first, second, a.iteration(), c, d);
  }

  /** The iterations that both have end with the same. */
  private static RunDivergence ofLengths(RunItem first, RunItem second) {
    if (first.iteration == second.iteration) {
      return new RunDivergence(Kind.NONE, true, first, second, first.iteration, -1, -1);
    }
    RunItem shorter = first.iteration < second.iteration ? first : second;
    RunItem longer = shorter == first ? second : first;
    // Each iteration then puts something around what it found.
    boolean grows = RunLiveness.isGrowing(longer.run.body, ~longer.place);
    return new RunDivergence(Kind.LENGTHS, grows, first, second, shorter.iteration, -1, -1);
  }

  /** True when both items are one value. */
  boolean isNone() {
    return kind == Kind.NONE;
  }

  /** True when the items have different keys for certain, if they were not known to have. */
  boolean isCertain() {
    return certain;
  }

  /** True when one of the runs goes on where the other ends, and nothing else is different. */
  boolean isOfLengths() {
    return kind == Kind.LENGTHS;
  }

  /** True when the runs differ in what they started from. */
  boolean isBeforeTheLoop() {
    return iteration < 0;
  }

  /** The first item that differs of the first trace. */
  LineageItem left() {
    return first.run.carried(iteration, firstVariable);
  }

  LineageItem right() {
    return second.run.carried(iteration, secondVariable);
  }

  /** True when the iteration did something else, not the same with other values. */
  boolean isOfPaths() {
    if (iteration < 0 || kind != Kind.VARIABLE) {
      return false;
    }
    RunBody a = first.run.body;
    RunBody b = second.run.body;
    Patch before = a.patchAt(iteration);
    Patch after = b.patchAt(iteration);
    // In the first iteration, only a path that both have can be told from another script.
    return !before.isSameSkeleton(after) && (iteration > 0 || has(a, after) || has(b, before));
  }

  private static boolean has(RunBody body, Patch patch) {
    for (int path = 0; path < body.patchCount(); path++) {
      if (body.patch(path).isSameSkeleton(patch)) {
        return true;
      }
    }
    return false;
  }

  /** The iteration's number in the loop, from 1. */
  long number() {
    return count(iteration);
  }

  String lengths() {
    return loop()
        + " ran "
        + count(first.iteration)
        + " iterations in the first and "
        + count(second.iteration)
        + " in the second";
  }

  private long count(long iteration) {
    return first.run.body.firstIteration + iteration + 1;
  }

  /** The loop of the second trace, by the first operation in it that has a place. */
  String loop() {
    Place place = place(second.run.body, new HashSet<>());
    return place == null ? "the loop" : "the loop around " + place.text();
  }

  private static Place place(RunBody body, Set<RunBody> seen) {
    for (int path = 0; path < body.patchCount(); path++) {
      for (Object node : body.patch(path).nodes) {
        if (node instanceof Operation operation && operation.place() != null) {
          return operation.place();
        }
        if (node instanceof Patch.InnerRun inner
            && inner.body() != null
            && seen.add(inner.body())) {
          Place inside = place(inner.body(), seen);
          if (inside != null) {
            return inside;
          }
        }
      }
    }
    return null;
  }
}
