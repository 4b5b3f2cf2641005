package dev.reprise.lineage;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A loop of a program: the variables that it writes, and the patches of the paths that its
 * iterations have taken so far, whoever ran them. Thread-safe.
 */
public final class RunLoop {
  /** Paths and values that are remembered; beyond it the loop starts afresh. */
  private static final int PATCH_LIMIT = 4096;

  /** Patches of one structure; more differ in what is constant, and the oldest go. */
  private static final int VARIANTS = 16;

  private static final int RECENT = 8;

  /** Levels of lists whose elements are variables. */
  private static final int LISTS_DEEP = 4;

  private final int[] carried;
  private final int slots;
  private final Map<Long, Patch[]> patches = new ConcurrentHashMap<>();

  // Found when a loop is first run: programs have many loops and many variables. Volatile:
  // publishes the array's cells.
  private volatile int[] outerSlots;

  // Grows when a variable first holds a list; patches are for one state of it.
  private volatile ListVariables lists = ListVariables.NONE;

  // An execution had more operations than may stay as they are. Only says how the next are stored.
  private volatile boolean isLong;

  // Patches seen last, latest first: a hint for the next entry of the loop.
  private volatile Patch[] recent = {};

  /**
   * @param slots number of variables around the loop
   * @param carried slots that the loop may write or clear, each once; all others stay as they are
   */
  public RunLoop(int slots, int[] carried) {
    this.carried = carried.clone();
    this.slots = slots;
  }

  int[] carried() {
    return carried;
  }

  ListVariables lists() {
    return lists;
  }

  /** True when executions are better stored as runs than as a part of the loop around. */
  boolean isLong() {
    return isLong;
  }

  void foundLong() {
    isLong = true;
  }

  /** A carried variable holds a list. */
  void foundList(int variable, LineageItem list) {
    if (!lists.has(variable)) {
      addList(variable, list);
    }
  }

  private synchronized void addList(int variable, LineageItem list) {
    if (!lists.has(variable)) {
      lists = withList(lists, variable, list, LISTS_DEEP);
    }
  }

  /** With the elements of a list, and those of the lists among them. */
  private ListVariables withList(ListVariables known, int variable, LineageItem list, int depth) {
    int first = known.count();
    ListVariables all = known.with(variable, list.inputCount());
    int last = all.count();
    for (int e = first; e < last && depth > 1; e++) {
      LineageItem element = list.input(e - first);
      if (LoopVariables.isListIn(element)) {
        all = withList(all, carried.length + e, element, depth - 1);
      }
    }
    return all;
  }

  /** Slots that the loop does not write, ascending. */
  int[] outerSlots() {
    int[] known = outerSlots;
    if (known == null) {
      known = othersThan(carried, slots);
      outerSlots = known;
    }
    return known;
  }

  private static int[] othersThan(int[] carried, int slots) {
    boolean[] written = new boolean[slots];
    for (int slot : carried) {
      written[slot] = true;
    }
    int[] others = new int[slots];
    int count = 0;
    for (int slot = 0; slot < slots; slot++) {
      if (!written[slot]) {
        others[count++] = slot;
      }
    }
    return Arrays.copyOf(others, count);
  }

  /** Number of patches that the loop remembers. */
  public int patchCount() {
    return patches.values().stream().mapToInt(variants -> variants.length).sum();
  }

  Patch[] recent() {
    return recent;
  }

  void used(Patch patch) {
    Patch[] before = recent;
    if (before.length > 0 && before[0] == patch) {
      return;
    }
    Patch[] after = new Patch[Math.min(RECENT, before.length + 1)];
    after[0] = patch;
    int at = 1;
    for (int i = 0; i < before.length && at < after.length; i++) {
      if (before[i] != patch) {
        after[at++] = before[i];
      }
    }
    recent = at == after.length ? after : Arrays.copyOf(after, at);
  }

  /**
   * The patch to store an iteration as: a known one that it matches, a known one with columns where
   * it differs, or the candidate. The matcher has matched it when this returns.
   */
  Patch find(Patch candidate, PatchMatcher matcher) {
    Patch[] variants = patches.getOrDefault(candidate.skeleton, new Patch[0]);
    for (Patch variant : variants) {
      if (candidate.isSameSkeleton(variant) && matcher.matches(variant)) {
        return variant;
      }
    }
    Patch added = candidate;
    for (Patch variant : variants) {
      if (candidate.isSameSkeleton(variant)) {
        Patch relaxed = matcher.relaxed(variant);
        if (relaxed != null) {
          added = relaxed;
          break;
        }
      }
    }
    if (!matcher.matches(added)) {
      throw new IllegalStateException("an iteration does not match the patch made from it");
    }
    add(added);
    return added;
  }

  private void add(Patch patch) {
    if (patches.size() >= PATCH_LIMIT) {
      patches.clear();
    }
    patches.merge(
        patch.skeleton,
        new Patch[] {patch},
        (old, one) -> {
          Patch[] all = new Patch[Math.min(VARIANTS, old.length + 1)];
          all[0] = patch;
          System.arraycopy(old, 0, all, 1, all.length - 1);
          return all;
        });
  }
}
