package dev.reprise.runtime.cpu.aggregate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The order in which {@link HashSet} lists numbers, which is SystemDS's of distinct values, without
 * an object for each of them:
 *
 * <pre>
 *   bin 0: values in the order in which they were added | bin 1: ... | ...
 * </pre>
 *
 * <p>The bins are twice as many whenever the set becomes too full, and values stay in order when a
 * bin is split. That is so until a bin is so long that the set makes a tree of it; then we leave
 * the order to a set.
 */
final class HashOrder {
  private static final int FEWEST_BINS = 16;

  /** More values are added to a set. */
  private static final int MOST_VALUES = 1 << 28;

  /** Values of a bin that are no tree yet ({@code HashMap.TREEIFY_THRESHOLD}). */
  private static final int LONGEST_BIN = 8;

  private HashOrder() {}

  /**
   * The values in the order of a set to which they were added one after the other.
   *
   * @param values different ones, without -0; not changed
   */
  static double[] of(double[] values) {
    if (values.length > MOST_VALUES) {
      return ofSet(values);
    }
    int[] hashes = new int[values.length];
    for (int i = 0; i < hashes.length; i++) {
      int hash = Double.hashCode(values[i]);
      hashes[i] = hash ^ (hash >>> 16);
    }
    int bins = FEWEST_BINS;
    for (; hashes.length > most(bins); bins *= 2) {
      // With one more they are split.
      if (hasTree(hashes, most(bins) + 1, new byte[bins])) {
        return ofSet(values);
      }
    }
    return hasTree(hashes, hashes.length, new byte[bins])
        ? ofSet(values)
        : ofBins(values, hashes, bins);
  }

  /** How many values such a set has before it splits its bins. */
  private static int most(int bins) {
    return bins / 4 * 3;
  }

  private static boolean hasTree(int[] hashes, int count, byte[] sizes) {
    int mask = sizes.length - 1;
    for (int i = 0; i < count; i++) {
      if (++sizes[hashes[i] & mask] > LONGEST_BIN) {
        return true;
      }
    }
    return false;
  }

  private static double[] ofBins(double[] values, int[] hashes, int bins) {
    int mask = bins - 1;
    int[] next = new int[bins + 1];
    for (int hash : hashes) {
      next[(hash & mask) + 1]++;
    }
    for (int bin = 1; bin <= bins; bin++) {
      next[bin] += next[bin - 1];
    }
    double[] ordered = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      ordered[next[hashes[i] & mask]++] = values[i];
    }
    return ordered;
  }

  private static double[] ofSet(double[] values) {
    Set<Double> set = new HashSet<>();
    Arrays.stream(values).forEach(set::add);
    return set.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
