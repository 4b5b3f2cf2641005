package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells apart what iterations of a body do: their path, and the bodies of inner runs that vary. */
final class BodyKinds {

  /** What an iteration does, numbers left out; the same object for the same. */
  static final class Kind {
    final int path;
    final Patch patch;

    /** Of inner runs, by node; null for operations. */
    final RunBody[] bodies;

    private Kind(int path, Patch patch, RunBody[] bodies) {
      this.path = path;
      this.patch = patch;
      this.bodies = bodies;
    }
  }

  private final RunBody body;
  // By path: the columns of inner runs that vary, or the only kind that there is.
  private final ObjectColumn[][] varying;
  private final Kind[] only;
  private final Map<List<Object>, Kind> others = new HashMap<>();

  BodyKinds(RunBody body) {
    this.body = body;
    this.varying = new ObjectColumn[body.patchCount()][];
    this.only = new Kind[body.patchCount()];
  }

  Kind at(long iteration) {
    int path = body.path.at(iteration);
    Kind known = only[path];
    return known != null ? known : find(path, iteration);
  }

  private Kind find(int path, long iteration) {
    Patch patch = body.patch(path);
    RunBody[] bodies = new RunBody[patch.size()];
    boolean varies = false;
    for (int node = 0; node < bodies.length; node++) {
      if (patch.nodes[node] instanceof InnerRun inner) {
        bodies[node] = body.inner(path, inner, iteration);
        varies |= inner.body() == null;
      }
    }
    if (!varies) {
      only[path] = new Kind(path, patch, bodies);
      return only[path];
    }
    Object[] key = Arrays.copyOf(bodies, bodies.length + 1, Object[].class);
    key[bodies.length] = path;
    return others.computeIfAbsent(Arrays.asList(key), _ -> new Kind(path, patch, bodies));
  }

  /** The first iteration of those up to this one that are of its kind without a gap, at least. */
  long start(long iteration) {
    long start = body.path.stretchStart(iteration);
    for (ObjectColumn column : varying(body.path.at(iteration))) {
      start = Math.max(start, column.first(entry(column, iteration)));
    }
    return start;
  }

  /** The first iteration after this one that may be of another kind. */
  long end(long iteration) {
    long end = body.path.stretchEnd(iteration, body.length());
    for (ObjectColumn column : varying(body.path.at(iteration))) {
      end = Math.min(end, next(column, iteration));
    }
    return end;
  }

  private ObjectColumn[] varying(int path) {
    ObjectColumn[] known = varying[path];
    if (known == null) {
      Patch patch = body.patch(path);
      known =
          Arrays.stream(patch.nodes)
              .filter(node -> node instanceof InnerRun inner && inner.body() == null)
              .map(node -> body.objects(path, patch.values.length + ((InnerRun) node).ordinal()))
              .toArray(ObjectColumn[]::new);
      varying[path] = known;
    }
    return known;
  }

  /** The entry of a column that holds for an iteration. */
  static int entry(ObjectColumn column, long iteration) {
    int low = 0;
    int high = column.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (column.first(middle) <= iteration) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The first iteration after this one that has another entry. */
  static long next(ObjectColumn column, long iteration) {
    int entry = entry(column, iteration);
    return entry + 1 < column.size() ? column.first(entry + 1) : Long.MAX_VALUE;
  }
}
