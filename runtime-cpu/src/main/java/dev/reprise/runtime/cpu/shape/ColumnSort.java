package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.BucketSorting;
import dev.reprise.runtime.cpu.code.BucketSorting.Extent;
import dev.reprise.runtime.cpu.code.CellFunction;

/**
 * Sorts a column of doubles by machine code ({@link KeySort}): the order is that of {@link
 * SortedOrder}, which is the only stable one. Columns of other sizes, with infinities or with what
 * is no number are left to that, and all where its memory is no small share of the budget.
 */
final class ColumnSort {
  private static final int FEWEST_ROWS = 256;

  /** With more rows buckets are too large, or there are too many of them for the caches. */
  private static final int MOST_ROWS = 1 << 20;

  /** Where the first cell is. */
  private final long cells;

  private final KeySort sort;

  private ColumnSort(
      DenseMatrix column,
      int levels,
      Parallel parallel,
      ExecutionContext context,
      Scratch scratch) {
    cells = column.segment().address();
    sort = new KeySort((int) column.rows(), levels, parallel, context, scratch);
  }

  /** Levels of buckets within buckets that there is memory for; 0 when there is no such sort. */
  private static int levels(DenseMatrix x, ExecutionContext context) {
    boolean fits =
        x.precision() == Precision.FP64
            && x.rows() >= FEWEST_ROWS
            && x.rows() <= MOST_ROWS
            && CellFunction.areThere();
    return fits ? KeySort.levels(x.rows(), context.allocator()) : 0;
  }

  /** The cells of a matrix of one column in order; null where they are to be sorted otherwise. */
  static DenseMatrix cells(
      DenseMatrix x, boolean decreasing, Parallel parallel, ExecutionContext context) {
    int levels = levels(x, context);
    if (levels == 0) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), 1);
      ColumnSort column = new ColumnSort(x, levels, parallel, context, scratch);
      Extent extent = column.keys(decreasing);
      if (extent.isOrdered()) {
        out.segment().copyFrom(x.segment().asSlice(0, out.bytes()));
        return scratch.keep(out);
      }
      return column.sort.run(extent, KeySort.Step.ofCells(column.cells), out.segment())
          ? scratch.keep(out)
          : null;
    }
  }

  /** The numbers from 1 of the rows in the order of a column, likewise. */
  static DenseMatrix positions(
      DenseMatrix x, int column, boolean decreasing, Parallel parallel, ExecutionContext context) {
    int levels = levels(x, context);
    if (levels == 0) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix alone = ColumnCells.alone(x, column, scratch, parallel, context);
      DenseMatrix out = scratch.matrix(x.rows(), 1);
      ColumnSort sorted = new ColumnSort(alone, levels, parallel, context, scratch);
      Extent extent = sorted.keys(decreasing);
      return sorted.sort.run(extent, KeySort.Step.OF_POSITIONS, out.segment())
          ? scratch.keep(out)
          : null;
    }
  }

  private Extent keys(boolean decreasing) {
    Extent[] extents = new Extent[BucketSorting.CHUNKS];
    sort.forPieces((chunk, from, count) -> {
      long first = cells + (long) from * Double.BYTES;
      Extent extent = BucketSorting.keys(first, from == 0, count, sort.key(from), decreasing);
      extents[chunk] = extents[chunk] == null ? extent : extents[chunk].joined(extent);
    });
    Extent all = extents[0];
    for (int i = 1; i < extents.length; i++) {
      all = all.joined(extents[i]);
    }
    return all;
  }
}
