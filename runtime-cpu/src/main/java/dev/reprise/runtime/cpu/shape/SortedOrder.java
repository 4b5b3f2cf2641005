package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;

/**
 * The order of rows by one key after another; stable. Ascending order puts NaN last, descending
 * order first; -0 equals 0.
 *
 * <p>Sorts by the last key first, each time the rows with their keys' bits ({@link BucketSort}).
 */
public final class SortedOrder {
  private static final long CHUNK = 1 << 14;

  private final int rows;

  /** Null for 0, 1, 2, ... */
  private final int[] indices;

  private SortedOrder(int rows, int[] indices) {
    this.rows = rows;
    this.indices = indices;
  }

  /** The order 0, 1, 2, ... */
  public static SortedOrder ascending(int rows) {
    return new SortedOrder(rows, null);
  }

  /** Sorts by a key that goes before those sorted by so far. */
  public SortedOrder by(
      double[] key, boolean decreasing, Parallel parallel, ExecutionContext context) {
    SortArrays arrays = new SortArrays(key, new long[rows], new long[rows], new int[rows]);
    return by(arrays, decreasing, parallel, context);
  }

  /** As the other, by the key among these arrays, one of which the order has then. */
  SortedOrder by(
      SortArrays arrays, boolean decreasing, Parallel parallel, ExecutionContext context) {
    long[] bits = arrays.bits();
    parallel.forRange(
        context,
        rows,
        CHUNK,
        (from, to) -> {
          for (long i = from; i < to; i += BucketSort.PIECE) {
            order(
                arrays.key(),
                indices,
                (int) i,
                (int) Math.min(to, i + BucketSort.PIECE),
                decreasing,
                bits);
          }
        });
    new BucketSort(parallel, context).sort(bits, indices, arrays.dealt(), arrays.rows());
    return new SortedOrder(rows, arrays.rows());
  }

  /** Zero-based rows in order. */
  public int[] indices() {
    if (indices != null) {
      return indices;
    }
    int[] ascending = new int[rows];
    for (int i = 0; i < rows; i++) {
      ascending[i] = i;
    }
    return ascending;
  }

  private static void order(
      double[] key, int[] rows, int from, int to, boolean decreasing, long[] bits) {
    long flipped = decreasing ? -1 : 0;
    for (int i = from; i < to; i++) {
      bits[i] = ordered(key[rows == null ? i : rows[i]]) ^ flipped;
    }
  }

  /** Bits that compare as signed integers in the order of the numbers. */
  static long ordered(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }
}
