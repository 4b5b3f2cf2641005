package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What the iterations of a run did, without what they started from: the patches taken, the path
 * column, and for each patch the columns of its values. Two runs with the same body differ in their
 * inputs alone.
 *
 * <p>The builder's thread appends; iterations that were appended may be read from anywhere (see
 * {@link PathColumn}).
 */
final class RunBody {
  /** Paths are bytes. */
  static final int PATCH_LIMIT = 255;

  /** Inner runs nested deeper than this are items from elsewhere: evaluation recurses per level. */
  static final int DEPTH_LIMIT = 48;

  private static final long UNKNOWN = -1;

  final PathColumn path = new PathColumn();
  final long firstIteration;
  private volatile Patch[] patches = new Patch[1];
  private volatile Object[][] columns = new Object[1][];
  private volatile long[] firstUses = new long[1];
  private volatile int patchCount;

  // What the patches so far read and whether they keep objects; renewed before a patch is added.
  private volatile RunInputs reads = RunInputs.ofReads(new int[0], new int[0]);
  private volatile boolean hasObjects;

  // What was found out last of each variable; made when first asked for. Any thread may write.
  private volatile Untouched[] untouched;

  // Computed when the run is complete, and then the same for every thread.
  private volatile RunInputs inputs;
  private volatile int depth;
  private volatile long operations = UNKNOWN;

  RunBody(long firstIteration) {
    this.firstIteration = firstIteration;
  }

  long length() {
    return path.length();
  }

  /** Number of carried variables; a body has at least one patch. */
  int variables() {
    return patches[0].outputs.length;
  }

  int patchCount() {
    return patchCount;
  }

  Patch patch(int path) {
    return patches[path];
  }

  /** The first iteration that took a path. */
  long firstUse(int path) {
    return firstUses[path];
  }

  /** True when no iteration before this one makes something of a variable. */
  boolean leavesAlone(int variable, long length) {
    for (int p = 0; p < patchCount && firstUses[p] < length; p++) {
      if (patches[p].outputs[variable] != Ref.of(Ref.CARRIED, variable)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The last iteration up to this one that makes something of a variable; negative when none does.
   * Asked iteration by iteration, as loops ask, each iteration is looked at once for each variable:
   * an element of a list may stay what it is for as long as the loop runs.
   */
  long lastMaker(int variable, long iteration) {
    Untouched[] all = untouched;
    if (all == null) {
      all = new Untouched[variables()];
      untouched = all;
    }
    Untouched known = all[variable];
    long at = iteration;
    while (at >= 0 && !(known != null && known.covers(at)) && leavesAlone(at, variable)) {
      at = path.stretchStart(at) - 1;
    }
    long maker = known != null && known.covers(at) ? known.maker : at;
    if (known == null || iteration > known.to) {
      all[variable] = new Untouched(maker, iteration);
    }
    return maker;
  }

  /**
   * The variable that is a place of an iteration (see {@link RunItem}) at the end of the run, too:
   * an element of a list is found as what made it. Negative for none.
   */
  int variableAtEnd(long iteration, int place) {
    long last = length() - 1;
    if (place < 0) {
      // What no iteration has made is an item from before the run: by -1 it goes as any item from
      // elsewhere.
      long maker = lastMaker(~place, last);
      return maker >= 0 && maker <= iteration ? ~place : -1;
    }
    int[] outputs = patchAt(iteration).outputs;
    int made = Ref.of(Ref.NODE, place);
    for (int v = 0; v < outputs.length; v++) {
      if (outputs[v] == made && lastMaker(v, last) == iteration) {
        return v;
      }
    }
    return -1;
  }

  /** False when a variable is surely no list in the end. */
  boolean mayEndAsList(int variable) {
    long maker = lastMaker(variable, length() - 1);
    if (maker < 0) {
      return false;
    }
    Patch patch = patchAt(maker);
    int ref = patch.outputs[variable];
    return switch (Ref.kind(ref)) {
      case Ref.NODE ->
          patch.nodes[Ref.index(ref)] instanceof Operation made && made.name().equals("list");
      case Ref.INNER -> true;
      default -> false;
    };
  }

  private boolean leavesAlone(long iteration, int variable) {
    return patchAt(iteration).outputs[variable] == Ref.of(Ref.CARRIED, variable);
  }

  /** The maker of a variable, or -1, and the last of the iterations since that leave it alone. */
  private record Untouched(long maker, long to) {
    boolean covers(long iteration) {
      return iteration >= maker && iteration <= to;
    }
  }

  Patch patchAt(long iteration) {
    return patches[path.at(iteration)];
  }

  /** The position of a patch in this run, or -1. */
  int indexOf(Patch patch) {
    Patch[] all = patches;
    for (int i = 0; i < patchCount; i++) {
      if (all[i] == patch) {
        return i;
      }
    }
    return -1;
  }

  /** Adds a patch; -1 when a run holds no more. */
  int add(Patch patch) {
    int at = patchCount;
    if (at == PATCH_LIMIT) {
      return -1;
    }
    if (at == patches.length) {
      columns = Arrays.copyOf(columns, 2 * at);
      firstUses = Arrays.copyOf(firstUses, 2 * at);
      patches = Arrays.copyOf(patches, 2 * at);
    }
    Object[] made = new Object[patch.columns()];
    for (int v = 0; v < patch.values.length; v++) {
      ValueKind kind = patch.values[v].kind();
      made[v] =
          kind.isNumber()
              ? new NumberColumn(kind)
              : kind == ValueKind.ITEM ? new ObjectColumn() : null;
    }
    for (Object node : patch.nodes) {
      if (node instanceof Patch.InnerRun inner && inner.body() == null) {
        made[patch.values.length + inner.ordinal()] = new ObjectColumn();
      }
    }
    renewReads(patch);
    columns[at] = made;
    firstUses[at] = path.length();
    patches[at] = patch;
    patchCount = at + 1;
    return at;
  }

  private void renewReads(Patch patch) {
    int[] carried = union(reads.carried(), patch.carriedRead);
    int[] outers = union(reads.outers(), patch.outersRead);
    if (carried != reads.carried() || outers != reads.outers()) {
      reads = RunInputs.ofReads(carried, outers);
    }
    hasObjects |= patch.hasObjects;
  }

  private static int[] union(int[] known, int[] more) {
    int[] all =
        IntStream.concat(Arrays.stream(known), Arrays.stream(more)).sorted().distinct().toArray();
    return all.length == known.length ? known : all;
  }

  /** True when a column holds items or bodies. */
  boolean hasObjects() {
    return hasObjects;
  }

  NumberColumn numbers(int path, int value) {
    return (NumberColumn) columns[path][value];
  }

  ObjectColumn objects(int path, int column) {
    return (ObjectColumn) columns[path][column];
  }

  /** Takes a column over from another body, as far as iterations before {@code length} need it. */
  void copyColumn(int path, int column, RunBody from, int fromPath, int fromColumn, long length) {
    Object to = columns[path][column];
    if (to instanceof NumberColumn numbers) {
      NumberColumn source = from.numbers(fromPath, fromColumn);
      for (int i = 0; i < source.segments() && source.first(i) < length; i++) {
        numbers.add(source.first(i), source.from(i), source.step(i), source.isSeeds(i) ? 1 : 0);
      }
    } else if (to instanceof ObjectColumn objects) {
      ObjectColumn source = from.objects(fromPath, fromColumn);
      for (int i = 0; i < source.size() && source.first(i) < length; i++) {
        objects.append(source.first(i), source.value(i));
      }
    }
  }

  /** The body of an inner run in an iteration. */
  RunBody inner(int path, Patch.InnerRun inner, long iteration) {
    return inner.body() != null ? inner.body() : (RunBody) bodyColumn(path, inner).at(iteration);
  }

  /** Where the bodies of an inner run are that differ. */
  ObjectColumn bodyColumn(int path, Patch.InnerRun inner) {
    return objects(path, patches[path].values.length + inner.ordinal());
  }

  /** All bodies of an inner run. */
  List<RunBody> bodies(int path, Patch.InnerRun inner) {
    if (inner.body() != null) {
      return List.of(inner.body());
    }
    ObjectColumn column = bodyColumn(path, inner);
    List<RunBody> all = new ArrayList<>(column.size());
    for (int i = 0; i < column.size(); i++) {
      all.add((RunBody) column.value(i));
    }
    return all;
  }

  /**
   * Operations of all iterations, those of inner runs included; stops at the largest long. For a
   * body that is complete.
   */
  long operations() {
    long known = operations;
    if (known == UNKNOWN) {
      known = countOperations();
      operations = known;
    }
    return known;
  }

  private long countOperations() {
    long[] perPath = new long[patchCount];
    long[] total = {0};
    for (int p = 0; p < perPath.length; p++) {
      for (Object node : patches[p].nodes) {
        perPath[p] = sum(perPath[p], node instanceof Patch.InnerRun inner ? inside(p, inner) : 1);
      }
    }
    path.visit((taken, from, to) -> {
      long each = perPath[taken];
      long all =
          each > 0 && to - from > Long.MAX_VALUE / each ? Long.MAX_VALUE : each * (to - from);
      total[0] = sum(total[0], all);
    });
    return total[0];
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** The largest of the bodies that the inner run has. */
  private long inside(int path, Patch.InnerRun inner) {
    return bodies(path, inner).stream().mapToLong(RunBody::operations).max().orElse(0);
  }

  /**
   * Adds what the patches do, those of inner runs included, and content from outside.
   *
   * @param seen bodies that were added before; this one joins them
   */
  void addOperations(Set<Operation> found, Set<RunBody> seen) {
    visit(
        constant -> {
          if (!constant.isLiteral()) {
            found.add(constant.operation());
          }
        },
        found::add,
        seen);
  }

  /**
   * Visits the constants of the patches, those of inner runs included.
   *
   * @param seen bodies that were visited before; this one joins them
   */
  void forEachConstant(Consumer<LineageItem> sink, Set<RunBody> seen) {
    visit(sink, _ -> {}, seen);
  }

  private void visit(
      Consumer<LineageItem> constants, Consumer<Operation> operations, Set<RunBody> seen) {
    if (!seen.add(this)) {
      return;
    }
    for (int p = 0; p < patchCount; p++) {
      for (Patch.PatchValue value : patches[p].values) {
        if (value.constant() != null) {
          constants.accept(value.constant());
        }
      }
      for (Object node : patches[p].nodes) {
        if (node instanceof Operation operation) {
          operations.accept(operation);
        } else if (node instanceof Patch.InnerRun inner) {
          bodies(p, inner).forEach(body -> body.visit(constants, operations, seen));
        }
      }
    }
  }

  /**
   * True when what the patches hold beside numbers are literals, those of inner runs included: then
   * nothing from elsewhere goes into a run but its inputs.
   *
   * @param seen bodies that were looked at before; this one joins them
   */
  boolean followsFromInputs(Set<RunBody> seen) {
    if (!seen.add(this)) {
      return true;
    }
    for (int p = 0; p < patchCount; p++) {
      for (Patch.PatchValue value : patches[p].values) {
        if (value.kind() == ValueKind.ITEM
            || value.constant() != null && !value.constant().isLiteral()) {
          return false;
        }
      }
      for (Object node : patches[p].nodes) {
        if (node instanceof Patch.InnerRun inner
            && !bodies(p, inner).stream().allMatch(body -> body.followsFromInputs(seen))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Levels of runs below this one, itself included; for a body that is complete. */
  int depth() {
    int known = depth;
    if (known == 0) {
      known = findDepth();
      depth = known;
    }
    return known;
  }

  private int findDepth() {
    int deepest = 0;
    for (int p = 0; p < patchCount; p++) {
      for (Object node : patches[p].nodes) {
        if (node instanceof Patch.InnerRun inner) {
          deepest = Math.max(deepest, depthOf(p, inner));
        }
      }
    }
    return deepest + 1;
  }

  private int depthOf(int path, Patch.InnerRun inner) {
    return bodies(path, inner).stream().mapToInt(RunBody::depth).max().orElse(0);
  }

  /** Gives back spare room; nothing is appended afterwards. */
  void trim() {
    path.trim();
    for (int p = 0; p < patchCount; p++) {
      for (Object column : columns[p]) {
        if (column instanceof NumberColumn numbers) {
          numbers.trim();
        } else if (column instanceof ObjectColumn objects) {
          objects.trim();
        }
      }
    }
  }

  /** What a run of this body takes; for a body that is complete. */
  RunInputs inputs() {
    RunInputs known = inputs;
    if (known == null) {
      known = findInputs();
      inputs = known;
    }
    return known;
  }

  /** Carried variables and outer items that the patches so far read; the same object until more. */
  RunInputs reads() {
    return reads;
  }

  private RunInputs findInputs() {
    List<Integer> lifted = new ArrayList<>();
    for (int p = 0; p < patchCount; p++) {
      for (int v = 0; v < patches[p].values.length; v++) {
        if (columns[p][v] instanceof NumberColumn numbers && numbers.isLiftable()) {
          lifted.add(p);
          lifted.add(v);
        }
      }
    }
    int[] pairs = lifted.stream().mapToInt(Integer::intValue).toArray();
    return new RunInputs(reads.carried(), reads.outers(), pairs, usesSeeds());
  }

  /** True when a number of the iterations so far is a seed that the system drew. */
  boolean usesSeeds() {
    for (int p = 0; p < patchCount; p++) {
      for (Object column : columns[p]) {
        if (column instanceof NumberColumn numbers && numbers.usesSeeds()) {
          return true;
        }
      }
    }
    return false;
  }

  /** True when both did the same, what is an input left out. */
  boolean isSameAs(RunBody other) {
    if (this == other) {
      return true;
    }
    if (patchCount != other.patchCount
        || firstIteration != other.firstIteration
        || !path.isSameAs(other.path)) {
      return false;
    }
    for (int p = 0; p < patchCount; p++) {
      if (patches[p] != other.patches[p] || !isSameColumns(p, other)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSameColumns(int path, RunBody other) {
    Object[] mine = columns[path];
    Object[] theirs = other.columns[path];
    for (int i = 0; i < mine.length; i++) {
      boolean same =
          mine[i] == null
              || (mine[i] instanceof NumberColumn numbers
                  ? numbers.isSameAs((NumberColumn) theirs[i])
                  : ((ObjectColumn) mine[i]).isSameAs((ObjectColumn) theirs[i]));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** Patches, items from elsewhere and bodies of inner runs. */
  void forEachPart(Consumer<Object> part) {
    for (int p = 0; p < patchCount; p++) {
      part.accept(patches[p]);
      for (Object column : columns[p]) {
        if (column instanceof ObjectColumn objects) {
          for (int i = 0; i < objects.size(); i++) {
            part.accept(objects.value(i));
          }
        }
      }
    }
  }

  /** Bytes on the heap, the patches left out: these belong to the loop. */
  long bytes() {
    long total = 64 + path.bytes() + (untouched == null ? 0 : 16 + 36L * untouched.length);
    for (int p = 0; p < patchCount; p++) {
      for (Object column : columns[p]) {
        total +=
            switch (column) {
              case NumberColumn numbers -> numbers.bytes();
              case ObjectColumn objects -> objects.bytes();
              case null, default -> 0;
            };
      }
    }
    return total;
  }
}
