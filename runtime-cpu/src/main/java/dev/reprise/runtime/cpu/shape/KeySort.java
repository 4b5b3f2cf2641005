package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.BucketSorting;
import dev.reprise.runtime.cpu.code.BucketSorting.Dealing;
import dev.reprise.runtime.cpu.code.BucketSorting.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A stable sort of keys, with what goes with them, by the steps of {@link BucketSorting}. Buckets
 * that come out large are sorted likewise, a few times one within the other, and then by {@link
 * BucketSort}. Belongs to one caller, who has at least a hundred keys.
 */
final class KeySort {
  /** Keys of a bucket if all are evenly filled, a power of two. */
  private static final int KEYS_PER_BUCKET_BITS = 3;

  /** Ranges of buckets that are put in order at the same time. */
  private static final int RANGES = 16;

  /** Buckets within buckets: what is still uneven then is of numbers of very different sizes. */
  private static final int DEEPEST = 3;

  /** Buckets of fewer keys are merged. */
  private static final int LARGE = 512;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Parallel parallel;
  private final ExecutionContext context;
  private final Scratch scratch;
  private final int rows;
  private final MemorySegment keys;
  private final long chunk;
  private final int depth;

  /**
   * A sort of keys that are written before it runs.
   *
   * @param rows how many
   */
  KeySort(int rows, Parallel parallel, ExecutionContext context, Scratch scratch) {
    this(rows, parallel, context, scratch, 1);
  }

  private KeySort(
      int rows, Parallel parallel, ExecutionContext context, Scratch scratch, int depth) {
    this.rows = rows;
    this.keys = scratch.doubles(rows);
    this.parallel = parallel;
    this.context = context;
    this.scratch = scratch;
    this.depth = depth;
    // In whole groups of four, so that only the last chunk has a rest.
    chunk = Math.ceilDiv(rows, 4 * BucketSorting.CHUNKS) * 4L;
  }

  /** Deals some keys, with what goes with them. */
  @FunctionalInterface
  interface Step {
    /** The numbers of the rows from 1. */
    Step OF_POSITIONS =
        (dealing, key, from, count, next, pairs) ->
            dealing.dealPositions(key, count, next, from + 1, pairs);

    void deal(Dealing dealing, long key, int from, int count, long next, long pairs);

    /** The cells from an address on. */
    static Step ofCells(long cells) {
      return (dealing, key, from, count, next, pairs) ->
          dealing.dealCells(key, count, next, cells + (long) from * Double.BYTES, pairs);
    }
  }

  /** The address of a key. */
  long key(long row) {
    return keys.address() + row * Long.BYTES;
  }

  /**
   * Sorts.
   *
   * @param extent of all keys
   * @param ordered where what goes with them goes
   * @return false when they are to be sorted otherwise
   */
  boolean run(Extent extent, Step step, MemorySegment ordered) {
    int bits = 31 - Integer.numberOfLeadingZeros(rows) - KEYS_PER_BUCKET_BITS;
    int buckets = 1 << bits;
    Dealing dealing = Dealing.of(extent, buckets);
    if (dealing == null) {
      return false;
    }
    MemorySegment starts = scratch.doubles((long) BucketSorting.CHUNKS * buckets);
    starts.fill((byte) 0);
    long bytes = (long) buckets * Long.BYTES;
    forPieces((of, from, count) -> dealing.count(key(from), count, starts.address() + of * bytes));
    BucketSorting.starts(starts.address(), buckets);
    MemorySegment pairs = scratch.doubles(2L * (rows + BucketSorting.PADDING));
    for (int i = 0; i < BucketSorting.PADDING; i++) {
      pairs.setAtIndex(LONG, 2L * (rows + i), Long.MAX_VALUE);
    }
    forPieces((of, from, count) -> {
      long next = starts.address() + of * bytes;
      step.deal(dealing, key(from), from, count, next, pairs.address());
    });
    // Those of the last chunk have become the ends of all.
    MemorySegment ends = starts.asSlice((BucketSorting.CHUNKS - 1) * bytes, bytes);
    order(ends, buckets, pairs, ordered);
    return true;
  }

  /** Takes some rows of a chunk. */
  @FunctionalInterface
  interface Piece {
    void run(int chunk, int from, int count);
  }

  /** Takes the pieces of each chunk one after the other; none but the last has a rest. */
  void forPieces(Piece piece) {
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

  private void order(MemorySegment ends, int buckets, MemorySegment pairs, MemorySegment ordered) {
    MemorySegment notes = scratch.doubles(2L * (rows / BucketSorting.SMALL + 1));
    parallel.forRange(
        context,
        buckets,
        Math.max(1, buckets / RANGES),
        (from, to) -> {
          long begin = from == 0 ? 0 : ends.getAtIndex(LONG, from - 1);
          // Each note is for more than so many rows.
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

  private void orderLarge(MemorySegment pairs, MemorySegment ordered) {
    long[] both = pairs.toArray(LONG);
    int n = both.length / 2;
    long[] bucketKeys = new long[n];
    long[] with = new long[n];
    Extent extent = takeApart(both, bucketKeys, with);
    if (n < LARGE || depth == DEEPEST || !orderWithin(bucketKeys, with, extent, ordered)) {
      orderByBits(bucketKeys, with, ordered);
    }
  }

  private static Extent takeApart(long[] pairs, long[] keys, long[] with) {
    long least = Long.MAX_VALUE;
    long largest = Long.MIN_VALUE;
    for (int i = 0; i < keys.length; i++) {
      long key = pairs[2 * i];
      keys[i] = key;
      with[i] = pairs[2 * i + 1];
      least = Math.min(least, key);
      largest = Math.max(largest, key);
    }
    return new Extent(least, largest, false);
  }

  /** By buckets within the bucket; false where that is not to be done. */
  private boolean orderWithin(
      long[] bucketKeys, long[] with, Extent extent, MemorySegment ordered) {
    try (Scratch within = new Scratch(context.allocator())) {
      KeySort sort = new KeySort(with.length, parallel, context, within, depth + 1);
      sort.keys.copyFrom(MemorySegment.ofArray(bucketKeys));
      MemorySegment cells = within.doubles(with.length);
      cells.copyFrom(MemorySegment.ofArray(with));
      return sort.run(extent, Step.ofCells(cells.address()), ordered);
    }
  }

  private void orderByBits(long[] bucketKeys, long[] with, MemorySegment ordered) {
    int[] order = new int[with.length];
    long[] inOrder = new long[with.length];
    new BucketSort(parallel, context).sort(bucketKeys, null, inOrder, order);
    for (int i = 0; i < order.length; i++) {
      inOrder[i] = with[order[i]];
    }
    MemorySegment.copy(inOrder, 0, ordered, LONG, 0, inOrder.length);
  }
}
