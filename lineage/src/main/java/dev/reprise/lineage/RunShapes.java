package dev.reprise.lineage;

/**
 * Compares what two runs consist of, without evaluating an iteration: inputs, patches, paths and
 * columns. Where these are equal the iterations are; where they are not, the iterations may be
 * equal all the same.
 */
final class RunShapes {
  private final Run first;
  private final Run second;

  private RunShapes(Run first, Run second) {
    this.first = first;
    this.second = second;
  }

  /** An iteration before which all are equal for certain; at most {@code limit}. */
  static long equalUntil(Run first, Run second, long limit) {
    return new RunShapes(first, second).equalUntil(limit);
  }

  /** True when both take the same paths over the same operations, whatever values these have. */
  static boolean areAlike(Run first, Run second, long length) {
    RunBody a = first.body;
    RunBody b = second.body;
    if (a.patchCount() != b.patchCount() || samePaths(a.path, b.path, length) < length) {
      return false;
    }
    for (int p = 0; p < a.patchCount(); p++) {
      if (!a.patch(p).isSameSkeleton(b.patch(p))) {
        return false;
      }
    }
    return true;
  }

  private long equalUntil(long limit) {
    RunBody a = first.body;
    RunBody b = second.body;
    if (a.variables() != b.variables()
        || a.firstIteration != b.firstIteration
        || !first.hasInputsOf(second)) {
      return 0;
    }
    long until = samePaths(a.path, b.path, limit);
    int patches = Math.min(a.patchCount(), b.patchCount());
    for (int p = 0; p < patches; p++) {
      if (!isSamePatch(a.patch(p), b.patch(p))) {
        until = Math.min(until, Math.min(a.firstUse(p), b.firstUse(p)));
      } else {
        for (int v = 0; v < a.patch(p).values.length; v++) {
          if (a.patch(p).values[v].kind().isNumber()) {
            until = Math.min(until, sameNumbers(p, v));
          }
        }
      }
    }
    return until;
  }

  private static long samePaths(PathColumn a, PathColumn b, long limit) {
    long iteration = 0;
    while (iteration < limit && a.at(iteration) == b.at(iteration)) {
      iteration = Math.min(a.stretchEnd(iteration, limit), b.stretchEnd(iteration, limit));
    }
    return iteration;
  }

  /** With equal constants; patches with inner runs and items from elsewhere are not looked into. */
  private static boolean isSamePatch(Patch a, Patch b) {
    if (a.innerRuns > 0 || !a.isSameSkeleton(b)) {
      return false;
    }
    for (int v = 0; v < a.values.length; v++) {
      ValueKind kind = a.values[v].kind();
      if (kind != b.values[v].kind()
          || kind == ValueKind.ITEM
          || (kind == ValueKind.CONSTANT
              && !a.values[v].constant().sameAs(b.values[v].constant()))) {
        return false;
      }
    }
    return true;
  }

  /** The first iteration of a segment that differs. */
  private long sameNumbers(int path, int value) {
    NumberColumn a = first.body.numbers(path, value);
    NumberColumn b = second.body.numbers(path, value);
    int segments = Math.min(a.segments(), b.segments());
    int at = 0;
    while (at < segments
        && a.first(at) == b.first(at)
        && a.step(at) == b.step(at)
        && a.isSeeds(at) == b.isSeeds(at)
        && from(first, a, path, value, at) == from(second, b, path, value, at)) {
      at++;
    }
    long until = at < a.segments() ? a.first(at) : Long.MAX_VALUE;
    return at < b.segments() ? Math.min(until, b.first(at)) : until;
  }

  /** Where a progression starts, be it an input of the run. */
  private static long from(Run run, NumberColumn column, int path, int value, int segment) {
    return column.isLiftable()
        ? run.numbers.at(path, value, column.first(segment))
        : column.from(segment);
  }
}
