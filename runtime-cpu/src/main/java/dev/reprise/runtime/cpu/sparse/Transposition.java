package dev.reprise.runtime.cpu.sparse;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.SparseMatrix;

/** Turns a matrix compressed by rows into its transpose, again compressed by rows. */
public final class Transposition {
  private Transposition() {}

  /** True when the transpose has a compressed form at all. */
  public static boolean isPossible(SparseMatrix x) {
    return x.rows() <= Integer.MAX_VALUE;
  }

  /**
   * The transpose, in time proportional to non-zeros and sides; the caller owns it. Counts the
   * columns, then places the values row by row, so that columns ascend within each new row.
   */
  public static SparseMatrix of(SparseMatrix x, Allocator allocator) {
    int cols = Math.toIntExact(x.cols());
    SparseMatrix t = SparseMatrix.allocate(allocator, cols, x.rows(), x.nonZeros());
    long[] next = new long[cols + 1];
    for (long at = 0; at < x.nonZeros(); at++) {
      next[x.column(at) + 1]++;
    }
    for (int j = 0; j < cols; j++) {
      next[j + 1] += next[j];
    }
    for (int j = 0; j <= cols; j++) {
      t.setStart(j, next[j]);
    }
    for (long i = 0; i < x.rows(); i++) {
      long end = x.start(i + 1);
      for (long at = x.start(i); at < end; at++) {
        t.set(next[x.column(at)]++, (int) i, x.value(at));
      }
    }
    return t;
  }
}
