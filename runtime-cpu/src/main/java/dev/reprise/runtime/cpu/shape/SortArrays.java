package dev.reprise.runtime.cpu.shape;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The arrays of a sort by one key. A megabyte of the heap that was not used before costs a
 * millisecond, as long as sorting half of it takes, so the arrays of one sort are kept for the next
 * one of as many rows, unless the JVM is short of memory.
 *
 * @param key the numbers
 * @param bits their bits, in the order of the rows
 * @param dealt the bits in order
 * @param rows the rows in order
 */
record SortArrays(double[] key, long[] bits, long[] dealt, int[] rows) {
  /** Arrays of more rows are not kept: 28 MiB. */
  private static final int MOST_ROWS = 1 << 20;

  static SortArrays of(int rows) {
    return new SortArrays(new double[rows], new long[rows], new long[rows], new int[rows]);
  }

  /** The arrays that no sort uses at present, at most those of one. Any thread. */
  static final class Idle {
    // Hands arrays that a sort is done with to one other.
    private final AtomicReference<SoftReference<SortArrays>> arrays = new AtomicReference<>();

    /** Arrays for so many rows, whose cells are undefined; to be given back. */
    SortArrays take(int rows) {
      SoftReference<SortArrays> kept = arrays.getAndSet(null);
      SortArrays found = kept == null ? null : kept.get();
      return found != null && found.rows.length == rows ? found : of(rows);
    }

    void give(SortArrays idle) {
      if (idle.rows.length <= MOST_ROWS) {
        arrays.set(new SoftReference<>(idle));
      }
    }
  }
}
