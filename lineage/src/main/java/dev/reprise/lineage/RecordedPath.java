package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A path whose iterations are stored without making items: its shape is what a patch says, and the
 * patch's values are found among the iteration's scalars. Belongs to one {@link PathRecorder}.
 */
public final class RecordedPath {
  /** Null for a path that stores nothing. */
  final Patch patch;

  /** For each value of the patch, where it is found: all places must hold the same. */
  private final int[][] sources;

  // Literals that never change; a place k of the pool is k, a fixed literal k is ~k.
  private final Scalar[] fixed;

  // The values of the iteration taken last: numbers as bits, others as they are.
  private final long[] bits;
  private final Scalar[] others;
  private final ValueKind[] kinds;

  // How the heights of the variables that an iteration changes follow from those before.
  private final int[] raised;
  private final HeightRule[] rules;

  // The run in work and the patch's place in it.
  private Run run;
  int pathInRun;

  RecordedPath(PathShape shape, Patch patch, int[][] sources, Scalar[] fixed) {
    this.patch = patch;
    this.sources = sources;
    this.fixed = fixed;
    this.bits = new long[sources.length];
    this.others = new Scalar[sources.length];
    HeightRule[] all = HeightRule.of(shape);
    this.raised = IntStream.range(0, all.length).filter(c -> all[c] != null).toArray();
    this.rules = Arrays.stream(raised).mapToObj(c -> all[c]).toArray(HeightRule[]::new);
    this.kinds = new ValueKind[sources.length];
    for (int v = 0; v < kinds.length; v++) {
      kinds[v] = patch.values[v].kind();
    }
  }

  /** True when the patch is one of the run's. */
  boolean isIn(Run current) {
    if (run != current) {
      run = current;
      pathInRun = current.body.indexOf(patch);
    }
    return pathInRun >= 0;
  }

  /** Finds the values of an iteration; false when the patch does not say them. */
  boolean take(Scalar[] pool) {
    for (int v = 0; v < kinds.length; v++) {
      ValueKind kind = kinds[v];
      if (kind.isNumber()
          ? !takeNumber(v, kind, pool)
          : sources[v].length > 0 && !takeOther(v, patch.values[v].constant(), pool)) {
        return false;
      }
    }
    return true;
  }

  private boolean takeNumber(int v, ValueKind kind, Scalar[] pool) {
    int[] places = sources[v];
    for (int i = 0; i < places.length; i++) {
      Scalar scalar = scalar(places[i], pool);
      if (ValueKind.ofLiteral(scalar) != kind) {
        return false;
      }
      long found = kind.bits(scalar);
      if (i > 0 && found != bits[v]) {
        return false;
      }
      bits[v] = found;
    }
    return true;
  }

  private boolean takeOther(int v, LineageItem constant, Scalar[] pool) {
    int[] places = sources[v];
    Scalar first = constant != null ? constant.literalOrNull() : scalar(places[0], pool);
    for (int place : places) {
      if (!isSame(first, scalar(place, pool))) {
        return false;
      }
    }
    others[v] = first;
    return true;
  }

  private Scalar scalar(int place, Scalar[] pool) {
    return place >= 0 ? pool[place] : fixed[~place];
  }

  /** Adds the values taken last to the columns of a run's body. */
  void append(RunBody body, long at, SeedRule seeds) {
    for (int v = 0; v < kinds.length; v++) {
      ValueKind kind = kinds[v];
      if (kind.isNumber()) {
        body.numbers(pathInRun, v).append(at, bits[v], seeds, 0);
      } else if (kind == ValueKind.ITEM) {
        body.objects(pathInRun, v).append(at, LineageItem.literal(others[v]));
      }
    }
  }

  private static boolean isSame(Scalar a, Scalar b) {
    return a == b || LiteralBits.of(a).equals(LiteralBits.of(b));
  }

  /**
   * Moves the heights of the carried variables on by one iteration.
   *
   * @param room for as many numbers
   */
  void raise(int[] heights, int[] room) {
    int count = raised.length;
    for (int i = 0; i < count; i++) {
      room[i] = rules[i].apply(heights);
    }
    for (int i = 0; i < count; i++) {
      heights[raised[i]] = room[i];
    }
  }

  /** The height of a variable after an iteration: the largest of a few sums. */
  private record HeightRule(int least, int[] variables, int[] above) {
    int apply(int[] before) {
      int height = least;
      for (int i = 0; i < variables.length; i++) {
        int sum = before[variables[i]] + above[i];
        height = Math.max(height, sum < 0 ? Integer.MAX_VALUE : sum);
      }
      return height;
    }

    /** By carried variable; null for one that is left alone. */
    static HeightRule[] of(PathShape shape) {
      int variables = shape.starts().length;
      int nodes = shape.operations().length;
      int[] least = new int[nodes];
      int[][] above = new int[nodes][];
      for (int node = 0; node < nodes; node++) {
        int[] sums = new int[variables];
        Arrays.fill(sums, -1);
        for (int symbol : shape.operands()[node]) {
          if (PathShape.isNode(symbol)) {
            int below = PathShape.index(symbol);
            least[node] = Math.max(least[node], LineageItem.above(least[below]));
            for (int c = 0; c < variables; c++) {
              sums[c] = Math.max(sums[c], above[below][c] < 0 ? -1 : above[below][c] + 1);
            }
          } else if (PathShape.isVariable(symbol)) {
            sums[PathShape.index(symbol)] = Math.max(sums[PathShape.index(symbol)], 1);
            least[node] = Math.max(least[node], 1);
          } else {
            int height = PathShape.isOuter(symbol) ? shape.item(symbol).height() : 0;
            least[node] = Math.max(least[node], LineageItem.above(height));
          }
        }
        above[node] = sums;
      }
      HeightRule[] rules = new HeightRule[variables];
      for (int c = 0; c < variables; c++) {
        int end = shape.ends()[c];
        if (end == shape.starts()[c] && PathShape.isVariable(end)) {
          continue;
        }
        if (PathShape.isNode(end)) {
          int[] sums = above[PathShape.index(end)];
          int[] used = IntStream.range(0, variables).filter(d -> sums[d] >= 0).toArray();
          rules[c] =
              new HeightRule(
                  least[PathShape.index(end)],
                  used,
                  Arrays.stream(used).map(d -> sums[d]).toArray());
        } else if (PathShape.isVariable(end)) {
          rules[c] = new HeightRule(0, new int[] {PathShape.index(end)}, new int[1]);
        } else {
          boolean outer = PathShape.isOuter(end) && !shape.isLiteral(end);
          rules[c] = new HeightRule(outer ? shape.item(end).height() : 0, new int[0], new int[0]);
        }
      }
      return rules;
    }
  }
}
