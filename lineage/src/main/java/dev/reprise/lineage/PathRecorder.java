package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Stores iterations whose items nobody has made: when a path's shape is what a patch says, one more
 * iteration of it is its numbers. An iteration costs a few nanoseconds and one more for each
 * number, however many operations it has.
 *
 * <p>Sound because the shape is compared with the patch as the items themselves would be, once, and
 * all values of the patch in each iteration. Owned by the builder's thread.
 */
public final class PathRecorder {
  /** Larger bodies gain little: their instructions take longer than their items. */
  private static final int MOST_NODES = 4096;

  private final RunBuilder builder;
  private final int[] heights;
  private final int[] room;

  PathRecorder(RunBuilder builder) {
    this.builder = builder;
    this.heights = new int[builder.carriedCount()];
    this.room = new int[heights.length];
  }

  /**
   * The path that the iteration which has just ended took, if its shape is what it was stored as;
   * else null.
   */
  public RecordedPath record(PathShape shape) {
    Patch patch = builder.lastPatch();
    if (builder.run() == null) {
      return shape.isIdle() ? new RecordedPath(shape, null, new int[0][], new Scalar[0]) : null;
    }
    if (patch == null
        || patch.outputs.length != shape.ends().length
        || shape.operations().length > MOST_NODES
        || patch.innerRuns > 0) {
      return null;
    }
    return new Match(shape, patch).path();
  }

  /** Iterations without items begin. */
  public void begin() {
    for (int c = 0; c < heights.length; c++) {
      LineageItem item = builder.before(c);
      heights[c] = item == null || item.isLiteral() ? 0 : item.height();
    }
  }

  /**
   * Stores an iteration that took a path.
   *
   * @param pool scalars by the places that the path's shape names
   * @return false, and nothing is stored, when its values are not those of the path
   */
  public boolean append(RecordedPath path, Scalar[] pool) {
    Run run = builder.run();
    if (path.patch == null || run == null) {
      return path.patch == null && run == null && builder.skip();
    }
    if (!path.isIn(run) || !path.take(pool)) {
      return false;
    }
    builder.append(path);
    path.raise(heights, room);
    return true;
  }

  /** The height of a carried variable after the iterations stored so far; 0 for a literal. */
  public int height(int variable) {
    return heights[variable];
  }

  /** The item of a carried variable that is no literal, after the iterations stored so far. */
  public LineageItem item(int variable) {
    Run run = builder.run();
    return new RunItem(run, run.body.length() - 1, ~variable, heights[variable]);
  }

  /** Iterations without items have ended: the items of all variables are there again. */
  public void end(LineageItem[] items) {
    builder.look(items);
  }

  /** Compares a shape with a patch, from the outputs down, as {@link PatchMatcher} does items. */
  private static final class Match {
    private final PathShape shape;
    private final Patch patch;
    private final int[] nodes;
    private final List<List<Integer>> sources = new ArrayList<>();
    private final List<Scalar> fixed = new ArrayList<>();

    Match(PathShape shape, Patch patch) {
      this.shape = shape;
      this.patch = patch;
      this.nodes = new int[patch.size()];
      Arrays.fill(nodes, -1);
      for (int v = 0; v < patch.values.length; v++) {
        sources.add(new ArrayList<>());
      }
    }

    RecordedPath path() {
      for (int c = 0; c < patch.outputs.length; c++) {
        int end = shape.ends()[c];
        boolean absent = end == PathShape.NONE || shape.isLiteral(end);
        if (absent ? patch.outputs[c] != Ref.ABSENT : !matches(patch.outputs[c], end)) {
          return null;
        }
      }
      for (int node = patch.size() - 1; node >= 0; node--) {
        if (!matchesNode(node)) {
          return null;
        }
      }
      int[][] places = new int[sources.size()][];
      for (int v = 0; v < places.length; v++) {
        places[v] = sources.get(v).stream().mapToInt(Integer::intValue).toArray();
      }
      return new RecordedPath(shape, patch, places, fixed.toArray(Scalar[]::new));
    }

    private boolean matchesNode(int node) {
      int symbol = nodes[node];
      if (symbol < 0 || !(patch.nodes[node] instanceof Operation operation)) {
        return false;
      }
      Operation own = shape.operations()[symbol];
      int[] operands = shape.operands()[symbol];
      if (!own.equals(operation)
          || !Objects.equals(own.place(), operation.place())
          || operands.length != patch.operandCount(node)) {
        return false;
      }
      for (int i = 0; i < operands.length; i++) {
        if (!matches(patch.refs[patch.starts[node] + i], operands[i])) {
          return false;
        }
      }
      return true;
    }

    private boolean matches(int ref, int symbol) {
      int index = Ref.index(ref);
      return switch (Ref.kind(ref)) {
        case Ref.NODE -> isNode(index, symbol);
        case Ref.CARRIED -> shape.starts()[index] == symbol && !shape.isLiteral(symbol);
        case Ref.OUTER -> PathShape.isOuter(symbol) && shape.items()[index] == shape.item(symbol);
        case Ref.VALUE -> isValue(index, symbol);
        default -> false;
      };
    }

    private boolean isNode(int node, int symbol) {
      if (!PathShape.isNode(symbol)) {
        return false;
      }
      int operation = PathShape.index(symbol);
      if (nodes[node] < 0) {
        nodes[node] = operation;
      }
      return nodes[node] == operation;
    }

    private boolean isValue(int value, int symbol) {
      LineageItem constant = patch.values[value].constant();
      if (!shape.isLiteral(symbol) || (constant != null && !constant.isLiteral())) {
        return false;
      }
      if (PathShape.isPool(symbol)) {
        addSource(value, PathShape.index(symbol));
        return true;
      }
      Scalar literal = shape.item(symbol).literalOrNull();
      if (constant != null) {
        return PatchMatcher.isSameConstant(constant, shape.item(symbol));
      }
      if (!fixed.contains(literal)) {
        fixed.add(literal);
      }
      addSource(value, ~fixed.indexOf(literal));
      return true;
    }

    private void addSource(int value, int place) {
      if (!sources.get(value).contains(place)) {
        sources.get(value).add(place);
      }
    }
  }
}
