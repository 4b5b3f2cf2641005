package dev.reprise.runtime.cpu.shape;

/**
 * The order of rows by one key after another; stable. Ascending order puts NaN last, descending
 * order first; -0 equals 0.
 *
 * <p>Sorts by the last key first, each time with a merge sort over (key bits, index) pairs.
 */
public final class SortedOrder {
  private static final int SMALL = 24;

  private final int[] indices;

  private SortedOrder(int[] indices) {
    this.indices = indices;
  }

  /** The order 0, 1, 2, ... */
  public static SortedOrder ascending(int rows) {
    int[] indices = new int[rows];
    for (int i = 0; i < rows; i++) {
      indices[i] = i;
    }
    return new SortedOrder(indices);
  }

  /** Sorts by a key that goes before those sorted by so far. */
  public SortedOrder by(double[] key, boolean decreasing) {
    int n = indices.length;
    long[] bits = new long[n];
    for (int i = 0; i < n; i++) {
      long ordered = ordered(key[indices[i]]);
      bits[i] = decreasing ? ~ordered : ordered;
    }
    int[] sorted = indices.clone();
    sort(bits, sorted, new long[n], new int[n], 0, n);
    return new SortedOrder(sorted);
  }

  /** Zero-based rows in order. */
  public int[] indices() {
    return indices;
  }

  /** Bits that compare as signed integers in the order of the numbers. */
  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  private static void sort(long[] keys, int[] rows, long[] keys2, int[] rows2, int from, int to) {
    if (to - from <= SMALL) {
      insertionSort(keys, rows, from, to);
      return;
    }
    int middle = (from + to) >>> 1;
    sort(keys, rows, keys2, rows2, from, middle);
    sort(keys, rows, keys2, rows2, middle, to);
    if (keys[middle - 1] <= keys[middle]) {
      return;
    }
    System.arraycopy(keys, from, keys2, from, middle - from);
    System.arraycopy(rows, from, rows2, from, middle - from);
    int left = from;
    int right = middle;
    int at = from;
    while (left < middle && right < to) {
      if (keys2[left] <= keys[right]) {
        keys[at] = keys2[left];
        rows[at++] = rows2[left++];
      } else {
        keys[at] = keys[right];
        rows[at++] = rows[right++];
      }
    }
    System.arraycopy(keys2, left, keys, at, middle - left);
    System.arraycopy(rows2, left, rows, at, middle - left);
  }

  private static void insertionSort(long[] keys, int[] rows, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long key = keys[i];
      int row = rows[i];
      int at = i - 1;
      while (at >= from && keys[at] > key) {
        keys[at + 1] = keys[at];
        rows[at + 1] = rows[at];
        at--;
      }
      keys[at + 1] = key;
      rows[at + 1] = row;
    }
  }
}
