package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.BucketSorting;
import dev.reprise.runtime.cpu.code.BucketSorting.Dealing;
import dev.reprise.runtime.cpu.code.BucketSorting.Extent;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sorts a column of doubles by machine code ({@link BucketSorting}): the order is that of {@link
 * SortedOrder}, which is the only stable one, by steps like those of {@link BucketSort}, which
 * orders the few buckets that come out large. Columns of other sizes, with infinities or with what
 * is no number, and those that are in order as they are, are left to these.
 */
final class ColumnSort {
  private static final int FEWEST_ROWS = 256;

  /** With more rows buckets are too large, or there are too many of them for the caches. */
  private static final int MOST_ROWS = 1 << 20;

  /** Rows of a bucket if all are evenly filled, a power of two. */
  private static final int ROWS_PER_BUCKET_BITS = 3;

  /** Ranges of buckets that are put in order at the same time. */
  private static final int RANGES = 16;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Parallel parallel;
  private final ExecutionContext context;
  private final Scratch scratch;
  private final int rows;

  /** Where the cells are, and a place for the key of each. */
  private final long cells;

  private final long keys;
  private final long chunk;

  private ColumnSort(
      DenseMatrix column, Parallel parallel, ExecutionContext context, Scratch scratch) {
    this.parallel = parallel;
    this.context = context;
    this.scratch = scratch;
    rows = (int) column.rows();
    cells = column.segment().address();
    keys = scratch.doubles(rows).address();
    // In whole groups, so that only the last chunk has a rest.
    chunk = Math.ceilDiv(rows, 4 * BucketSorting.CHUNKS) * 4L;
  }

  /** What goes with each key, and is then in their order. */
  private interface Step {
    void deal(Dealing dealing, int from, int count, long next, long pairs);
  }

  private static boolean fits(DenseMatrix x) {
    return x.precision() == Precision.FP64
        && x.rows() >= FEWEST_ROWS
        && x.rows() <= MOST_ROWS
        && CellFunction.areThere();
  }

  /** The cells of a matrix of one column in order; null where they are to be sorted otherwise. */
  static DenseMatrix cells(
      DenseMatrix x, boolean decreasing, Parallel parallel, ExecutionContext context) {
    if (!fits(x)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      ColumnSort sort = new ColumnSort(x, parallel, context, scratch);
      return sort.run(
          decreasing,
          (dealing, from, count, next, pairs) ->
              dealing.dealCells(sort.key(from), count, next, sort.cell(from), pairs));
    }
  }

  /** The numbers from 1 of the rows in the order of a column, likewise. */
  static DenseMatrix positions(
      DenseMatrix x, int column, boolean decreasing, Parallel parallel, ExecutionContext context) {
    if (!fits(x)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix alone = ColumnCells.alone(x, column, scratch, parallel, context);
      ColumnSort sort = new ColumnSort(alone, parallel, context, scratch);
      return sort.run(
          decreasing,
          (dealing, from, count, next, pairs) ->
              dealing.dealPositions(sort.key(from), count, next, from + 1, pairs));
    }
  }

  private long key(long row) {
    return keys + row * Long.BYTES;
  }

  private long cell(long row) {
    return cells + row * Double.BYTES;
  }

  private DenseMatrix run(boolean decreasing, Step step) {
    Extent extent = extent(decreasing);
    int bits = 31 - Integer.numberOfLeadingZeros(rows) - ROWS_PER_BUCKET_BITS;
    int buckets = 1 << bits;
    Dealing dealing = extent.isOrdered() ? null : Dealing.of(extent, buckets);
    if (dealing == null) {
      return null;
    }
    MemorySegment starts = scratch.doubles((long) BucketSorting.CHUNKS * buckets);
    starts.fill((byte) 0);
    long bytes = (long) buckets * Long.BYTES;
    forPieces(
        (of, from, count) -> dealing.count(key(from), count, starts.address() + of * bytes));
    BucketSorting.starts(starts.address(), buckets);
    MemorySegment pairs = scratch.doubles(2L * (rows + BucketSorting.PADDING));
    for (int i = 0; i < BucketSorting.PADDING; i++) {
      pairs.setAtIndex(LONG, 2L * (rows + i), Long.MAX_VALUE);
    }
    forPieces(
        (of, from, count) ->
            step.deal(dealing, from, count, starts.address() + of * bytes, pairs.address()));
    // Those of the last chunk have become the ends of all.
    MemorySegment ends = starts.asSlice((BucketSorting.CHUNKS - 1) * bytes);
    DenseMatrix out = scratch.matrix(rows, 1);
    order(ends, buckets, pairs, out.segment());
    return scratch.keep(out);
  }

  private Extent extent(boolean decreasing) {
    Extent[] extents = new Extent[BucketSorting.CHUNKS];
    forPieces(
        (of, from, count) -> {
          Extent extent =
              BucketSorting.keys(cell(from), from == 0, count, key(from), decreasing);
          extents[of] = extents[of] == null ? extent : extents[of].joined(extent);
        });
    Extent all = extents[0];
    for (int i = 1; i < extents.length; i++) {
      all = all.joined(extents[i]);
    }
    return all;
  }

  /** Takes some rows of a chunk. */
  @FunctionalInterface
  private interface Piece {
    void run(int chunk, int from, int count);
  }

  /** Takes the pieces of each chunk one after the other; none but the last has a rest. */
  private void forPieces(Piece piece) {
    parallel.forRange(
        context,
        rows,
        chunk,
        (from, to) -> {
          for (long i = from, end; i < to; i = end) {
            // The last one is never so short that it has no whole group.
            end = to - i < 2L * BucketSorting.MOST_KEYS ? to : i + BucketSorting.MOST_KEYS;
            piece.run((int) (from / chunk), (int) i, (int) (end - i));
          }
        });
  }

  private void order(
      MemorySegment ends, int buckets, MemorySegment pairs, MemorySegment ordered) {
    MemorySegment notes = scratch.doubles(2L * (rows / BucketSorting.SMALL + 1));
    parallel.forRange(
        context,
        buckets,
        Math.max(1, buckets / RANGES),
        (from, to) -> {
          long begin = from == 0 ? 0 : ends.getAtIndex(LONG, from - 1);
          // Notes are for more than so many rows each.
          MemorySegment here =
              notes.asSlice(begin / Long.BYTES / BucketSorting.SMALL * 2 * Long.BYTES);
          int left =
              BucketSorting.order(
                  pairs.address(),
                  ordered.address(),
                  ends.address() + from * Long.BYTES,
                  begin,
                  (int) (to - from),
                  here.address());
          for (int i = 0; i < left; i++) {
            long bucket = here.getAtIndex(LONG, 2L * i);
            long size = here.getAtIndex(LONG, 2L * i + 1) - bucket;
            orderLarge(pairs.asSlice(2 * bucket, 2 * size), ordered.asSlice(bucket, size));
          }
        });
  }

  /** Orders one bucket by the bits of its keys. */
  private void orderLarge(MemorySegment pairs, MemorySegment ordered) {
    long[] both = pairs.toArray(LONG);
    int n = both.length / 2;
    long[] bucketKeys = new long[n];
    for (int i = 0; i < n; i++) {
      bucketKeys[i] = both[2 * i];
    }
    long[] inOrder = new long[n];
    int[] order = new int[n];
    new BucketSort(parallel, context).sort(bucketKeys, null, inOrder, order);
    for (int i = 0; i < n; i++) {
      inOrder[i] = both[2 * order[i] + 1];
    }
    MemorySegment.copy(inOrder, 0, ordered, LONG, 0, n);
  }
}
