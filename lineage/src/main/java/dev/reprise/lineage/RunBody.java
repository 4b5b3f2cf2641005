package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  // Made when first asked for, by any thread; two may make two, which say the same.
  private volatile VariableMakers makers;

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

  /** Which iterations made something of the variables; after the first one. */
  VariableMakers makers() {
    VariableMakers known = makers;
    if (known == null) {
      known = new VariableMakers(this);
      makers = known;
    }
    return known;
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
      known = BodyTree.operations(this);
      operations = known;
    }
    return known;
  }

  /** Levels of runs below this one, itself included; for a body that is complete. */
  int depth() {
    int known = depth;
    if (known == 0) {
      known = BodyTree.depth(this);
      depth = known;
    }
    return known;
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
    long total = 64 + path.bytes() + (makers == null ? 0 : makers.bytes());
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
