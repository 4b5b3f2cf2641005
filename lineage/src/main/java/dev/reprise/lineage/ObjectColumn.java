package dev.reprise.lineage;

import java.util.Arrays;

/**
 * What one place of a patch held in the iterations that took it, where it is no number: an item
 * from elsewhere, or the body of an inner run. An entry only where it changes.
 *
 * <p>Threads: as {@link PathColumn}.
 */
final class ObjectColumn {
  private volatile long[] firsts = new long[1];
  private volatile Object[] values = new Object[1];
  private volatile int size;

  void append(long iteration, Object value) {
    int at = size;
    if (at > 0 && isSame(values[at - 1], value)) {
      return;
    }
    if (at == firsts.length) {
      int capacity = at < 8 ? 2 * at : at + at / 2;
      values = Arrays.copyOf(values, capacity);
      firsts = Arrays.copyOf(firsts, capacity);
    }
    firsts[at] = iteration;
    values[at] = value;
    size = at + 1;
  }

  private static boolean isSame(Object a, Object b) {
    return a == b
        || (a instanceof LineageItem x
            && b instanceof LineageItem y
            && (RunItem.isSame(x, y) || PatchMatcher.isSameConstant(x, y)));
  }

  Object at(long iteration) {
    int count = size;
    return values[Ascending.lastUpTo(firsts, count, iteration)];
  }

  /** The position after the last entry that holds from this iteration or an earlier one on. */
  int endUpTo(long iteration) {
    int count = size;
    long[] all = firsts;
    return count == 0 || all[0] > iteration ? 0 : Ascending.lastUpTo(all, count, iteration) + 1;
  }

  int size() {
    return size;
  }

  long first(int entry) {
    return firsts[entry];
  }

  Object value(int entry) {
    return values[entry];
  }

  boolean isSameAs(ObjectColumn other) {
    int count = size;
    if (count != other.size) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (firsts[i] != other.firsts[i] || !isSame(values[i], other.values[i])) {
        return false;
      }
    }
    return true;
  }

  void trim() {
    values = Arrays.copyOf(values, size);
    firsts = Arrays.copyOf(firsts, size);
  }

  long bytes() {
    return 32 + 2 * 16 + 12L * firsts.length;
  }
}
