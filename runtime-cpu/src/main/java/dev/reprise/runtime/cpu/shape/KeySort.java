package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Allocator;
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

  /**
   * Levels of buckets within buckets: what is still uneven then is of numbers of very different
   * sizes.
   */
  private static final int MOST_LEVELS = 3;

  /**
   * Memory for a row and level at most: a key, a pair, four counts of an eighth of a bucket; the
   * cells of a bucket, or a column and positions of whom the sort is for; and what is rounded up.
   * All buckets of a level together have no more rows than the one above.
   */
  private static final long ROW_BYTES = 50;

  /** Which part of the budget is taken at most, since other values may need the rest. */
  private static final int BUDGET_SHARE = 8;

  /** The most bytes of the keys of a call, by its whole groups of buckets. */
  private static final long CALL_BYTES = (long) BucketSorting.MOST_KEYS * Long.BYTES;

  /** Buckets of fewer keys are merged. */
  private static final int LARGE = 512;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Parallel parallel;
  private final ExecutionContext context;
  private final Scratch scratch;
  private final int rows;
  private final MemorySegment keys;
  private final long chunk;
  private final int levels;

  /**
   * A sort of keys that are written before it runs.
   *
   * @param rows how many
   * @param levels of buckets, as {@link #levels} tells
   */
  KeySort(int rows, int levels, Parallel parallel, ExecutionContext context, Scratch scratch) {
    this.rows = rows;
    this.keys = scratch.doubles(rows);
    this.parallel = parallel;
    this.context = context;
    this.scratch = scratch;
    this.levels = levels;
    // In whole groups of four, so that only the last chunk has a rest.
    chunk = Math.ceilDiv(rows, 4 * BucketSorting.CHUNKS) * 4L;
  }

  /** How many levels of buckets a small share of the budget has room for; maybe none. */
  static int levels(long rows, Allocator allocator) {
    long most = allocator.budgetBytes() / BUDGET_SHARE / (ROW_BYTES * rows);
    return (int) Math.min(most, MOST_LEVELS);
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
          for (long i = from, next; i < to; i = next) {
            next = endOfCall(ends, begin, i, to);
            long end = ends.getAtIndex(LONG, next - 1);
            if (end - begin > CALL_BYTES) {
              orderLargest(pairs.asSlice(2 * begin, 2 * (end - begin)), slice(ordered, begin, end));
            } else {
              MemorySegment some = ends.asSlice(i * Long.BYTES, (next - i) * Long.BYTES);
              order(some, begin, pairs, ordered, notes);
            }
            begin = end;
          }
        });
  }

  /** Behind the buckets that are ordered by one call, or behind one that is too large for one. */
  private static long endOfCall(MemorySegment ends, long begin, long from, long to) {
    long end = from + 1;
    while (end < to && ends.getAtIndex(LONG, end) - begin <= CALL_BYTES) {
      end++;
    }
    return end;
  }

  private void order(
      MemorySegment ends,
      long begin,
      MemorySegment pairs,
      MemorySegment ordered,
      MemorySegment notes) {
    // Each note is for more than so many rows.
    MemorySegment here = notes.asSlice(begin / Long.BYTES / BucketSorting.SMALL * 2 * Long.BYTES);
    int left = BucketSorting.order(pairs.address(), ordered.address(), ends, begin, here.address());
    for (int i = 0; i < left; i++) {
      long bucket = here.getAtIndex(LONG, 2L * i);
      long end = here.getAtIndex(LONG, 2L * i + 1);
      orderLarge(pairs.asSlice(2 * bucket, 2 * (end - bucket)), slice(ordered, bucket, end));
    }
  }

  private static MemorySegment slice(MemorySegment ordered, long from, long to) {
    return ordered.asSlice(from, to - from);
  }

  /** As {@link #orderLarge}; here, since the JVM could not stop a thread in machine code. */
  private void orderLargest(MemorySegment pairs, MemorySegment ordered) {
    long n = size(pairs);
    long previous = Long.MIN_VALUE;
    for (long i = 0; i < n; i++) {
      long key = pairs.getAtIndex(LONG, 2 * i);
      if (key < previous) {
        orderLarge(pairs, ordered);
        return;
      }
      previous = key;
      ordered.setAtIndex(LONG, i, pairs.getAtIndex(LONG, 2 * i + 1));
    }
  }

  private static int size(MemorySegment pairs) {
    return (int) (pairs.byteSize() / (2 * Long.BYTES));
  }

  private void orderLarge(MemorySegment pairs, MemorySegment ordered) {
    if (size(pairs) < LARGE || levels == 1 || !orderWithin(pairs, ordered)) {
      orderByBits(pairs, ordered);
    }
  }

  /** By buckets within the bucket; false where that is not to be done. */
  private boolean orderWithin(MemorySegment pairs, MemorySegment ordered) {
    int n = size(pairs);
    try (Scratch within = new Scratch(context.allocator())) {
      KeySort sort = new KeySort(n, levels - 1, parallel, context, within);
      MemorySegment cells = within.doubles(n);
      Extent extent = takeApart(pairs, sort.keys, cells);
      return sort.run(extent, Step.ofCells(cells.address()), ordered);
    }
  }

  private static Extent takeApart(MemorySegment pairs, MemorySegment keys, MemorySegment with) {
    long least = Long.MAX_VALUE;
    long largest = Long.MIN_VALUE;
    long n = size(pairs);
    for (long i = 0; i < n; i++) {
      long key = pairs.getAtIndex(LONG, 2 * i);
      keys.setAtIndex(LONG, i, key);
      with.setAtIndex(LONG, i, pairs.getAtIndex(LONG, 2 * i + 1));
      least = Math.min(least, key);
      largest = Math.max(largest, key);
    }
    return new Extent(least, largest, false);
  }

  private void orderByBits(MemorySegment pairs, MemorySegment ordered) {
    int n = size(pairs);
    long[] bucketKeys = new long[n];
    for (int i = 0; i < n; i++) {
      bucketKeys[i] = pairs.getAtIndex(LONG, 2L * i);
    }
    int[] order = new int[n];
    new BucketSort(parallel, context).sort(bucketKeys, null, new long[n], order);
    for (int i = 0; i < n; i++) {
      ordered.setAtIndex(LONG, i, pairs.getAtIndex(LONG, 2L * order[i] + 1));
    }
  }
}
