package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;

/**
 * A stable sort of rows by keys of 64 bits, in the order of {@link SortedOrder}: what it returns is
 * the only stable order, whatever is done in between and on how many threads.
 *
 * <p>All rows are first dealt to thousands of buckets, by the number that a key stands for where it
 * lies between the smallest and the largest one, which is where numbers of measurements fill the
 * buckets evenly. A bucket is put in order by itself: dealt again, by the bits of its keys, when it
 * is large, so that the time is that of a few passes whatever the keys, and merged when it is
 * small.
 */
final class BucketSort {
  /** Fewer are sorted on one thread. */
  private static final int MANY = 1 << 14;

  /** Chunks of the rows that are dealt at the same time, each with counts of its own. */
  private static final int CHUNKS = 4;

  /** Buckets of a pass have so many rows each if they are evenly filled. */
  private static final int ROWS_PER_BUCKET_BITS = 3;

  /** More buckets than that are in the processor's way. */
  private static final int MOST_BITS = 13;

  /** Smaller buckets are merged. */
  private static final int LARGE = 512;

  private static final int SMALL = 24;

  /**
   * Keys of a call: the JVM compiles what is called a few hundred times, and a loop that is called
   * once for each chunk of a sort would begin in slow code in dozens of sorts. Where pieces begin
   * is counted in long, since behind the last one of the longest array there is no int.
   */
  static final int PIECE = 256;

  private final Parallel parallel;
  private final ExecutionContext context;

  BucketSort(Parallel parallel, ExecutionContext context) {
    this.parallel = parallel;
    this.context = context;
  }

  /**
   * Brings rows to the order of their keys.
   *
   * @param keys of the rows, in the order of {@code rows}; may be sorted, too
   * @param rows not changed; null for 0, 1, 2, ...
   * @param dealtKeys scratch for as many
   * @param dealtRows where the rows go
   */
  void sort(long[] keys, int[] rows, long[] dealtKeys, int[] dealtRows) {
    int n = keys.length;
    if (n < MANY) {
      copy(rows, dealtRows);
      new Range(keys, dealtRows).sort(0, n);
      return;
    }
    int chunk = Math.ceilDiv(n, CHUNKS);
    Extent all = extent(keys, chunk);
    if (all.isSorted) {
      copy(rows, dealtRows);
      return;
    }
    int bits = bits(n);
    Dealing dealing = all.dealing(bits);
    int[][] starts = counted(keys, chunk, dealing, 1 << bits);
    int[] ends = ends(starts, 1 << bits);
    parallel.forRange(
        context,
        n,
        chunk,
        (from, to) -> {
          int[] next = starts[(int) (from / chunk)];
          for (long i = from; i < to; i += PIECE) {
            int end = (int) Math.min(to, i + PIECE);
            dealing.deal(keys, rows, (int) i, end, next, dealtKeys, dealtRows);
          }
        });
    sortBuckets(dealtKeys, dealtRows, ends);
  }

  private Extent extent(long[] keys, int chunk) {
    Extent[] extents = new Extent[CHUNKS];
    parallel.forRange(
        context,
        keys.length,
        chunk,
        (from, to) -> extents[(int) (from / chunk)] = Extent.of(keys, (int) from, (int) to));
    Extent all = extents[0];
    for (int i = 1; i < CHUNKS && extents[i] != null; i++) {
      all = all.joined(extents[i]);
    }
    return all;
  }

  /** How many keys of each chunk go to each bucket. */
  private int[][] counted(long[] keys, int chunk, Dealing dealing, int buckets) {
    int[][] counted = new int[CHUNKS][];
    parallel.forRange(
        context,
        keys.length,
        chunk,
        (from, to) -> {
          int[] counts = new int[buckets];
          for (long i = from; i < to; i += PIECE) {
            dealing.count(keys, (int) i, (int) Math.min(to, i + PIECE), counts);
          }
          counted[(int) (from / chunk)] = counts;
        });
    return counted;
  }

  /**
   * Sorts within each bucket.
   *
   * @param ends of the buckets
   */
  private void sortBuckets(long[] keys, int[] rows, int[] ends) {
    parallel.forRange(
        context,
        ends.length,
        Math.max(1, ends.length / 16),
        (from, to) -> {
          Range range = new Range(keys, rows);
          int begin = from == 0 ? 0 : ends[(int) from - 1];
          for (int bucket = (int) from; bucket < to; bucket++) {
            int end = ends[bucket];
            if (end - begin > 1) {
              range.sort(begin, end);
            }
            begin = end;
          }
        });
  }

  /** Copies rows; 0, 1, 2, ... for null. */
  private static void copy(int[] rows, int[] to) {
    if (rows != null) {
      System.arraycopy(rows, 0, to, 0, to.length);
      return;
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = i;
    }
  }

  private static int bits(int rows) {
    int bits = 31 - Integer.numberOfLeadingZeros(rows) - ROWS_PER_BUCKET_BITS;
    return Math.clamp(bits, 1, MOST_BITS);
  }

  /** Turns the counts of chunks into where their rows begin; returns where buckets end. */
  private static int[] ends(int[][] counts, int buckets) {
    int[] ends = new int[buckets];
    int next = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      for (int chunk = 0; chunk < CHUNKS && counts[chunk] != null; chunk++) {
        int count = counts[chunk][bucket];
        counts[chunk][bucket] = next;
        next += count;
      }
      ends[bucket] = next;
    }
    return ends;
  }

  /** The smallest and the largest of some keys, and whether they are in order as they are. */
  private record Extent(long first, long last, long least, long most, boolean isSorted) {
    static Extent of(long[] keys, int from, int to) {
      Extent extent = ofPiece(keys, from, (int) Math.min(to, (long) from + PIECE));
      for (long i = (long) from + PIECE; i < to; i += PIECE) {
        extent = extent.joined(ofPiece(keys, (int) i, (int) Math.min(to, i + PIECE)));
      }
      return extent;
    }

    private static Extent ofPiece(long[] keys, int from, int to) {
      long least = keys[from];
      long most = least;
      boolean isSorted = true;
      for (int i = from + 1; i < to; i++) {
        long key = keys[i];
        isSorted &= key >= keys[i - 1];
        least = Math.min(least, key);
        most = Math.max(most, key);
      }
      return new Extent(keys[from], keys[to - 1], least, most, isSorted);
    }

    /** With what comes behind. */
    Extent joined(Extent next) {
      return new Extent(
          first,
          next.last,
          Math.min(least, next.least),
          Math.max(most, next.most),
          isSorted && next.isSorted && last <= next.first);
    }

    Dealing dealing(int bits) {
      double from = number(least);
      double range = number(most) - from;
      double scale = (1 << bits) / range;
      boolean isFinite = range < Double.POSITIVE_INFINITY && scale < Double.POSITIVE_INFINITY;
      return isFinite ? new ByNumber(from, scale, (1 << bits) - 1) : byBits(bits);
    }

    ByBits byBits(int bits) {
      // As an unsigned number the difference is right even where it overflows.
      int used = Long.SIZE - Long.numberOfLeadingZeros(most - least);
      return new ByBits(least, Math.max(0, used - bits));
    }
  }

  /** The number whose bits a key is; NaN for some that are none of a number. */
  private static double number(long key) {
    return Double.longBitsToDouble(key ^ ((key >> 63) & Long.MAX_VALUE));
  }

  /** Which bucket a key belongs to: in the order of the keys. */
  private sealed interface Dealing {
    /** Adds keys to the counts of their buckets. */
    void count(long[] keys, int from, int to, int[] counts);

    /** Copies keys and rows to their buckets, which begin at {@code next}; moves these on. */
    void deal(long[] keys, int[] rows, int from, int to, int[] next, long[] toKeys, int[] toRows);
  }

  /**
   * Evenly by the numbers. Differences, products and cuts are rounded in the order of the numbers,
   * so a smaller key never gets a later bucket.
   */
  private record ByNumber(double least, double scale, int last) implements Dealing {
    private int bucket(long key) {
      return Math.min(last, (int) ((number(key) - least) * scale));
    }

    @Override
    public void count(long[] keys, int from, int to, int[] counts) {
      for (int i = from; i < to; i++) {
        counts[bucket(keys[i])]++;
      }
    }

    @Override
    public void deal(
        long[] keys, int[] rows, int from, int to, int[] next, long[] toKeys, int[] toRows) {
      for (int i = from; i < to; i++) {
        int at = next[bucket(keys[i])]++;
        toKeys[at] = keys[i];
        toRows[at] = rows == null ? i : rows[i];
      }
    }
  }

  /** By the highest bits in which the keys differ. */
  private record ByBits(long least, int shift) implements Dealing {
    @Override
    public void count(long[] keys, int from, int to, int[] counts) {
      for (int i = from; i < to; i++) {
        counts[(int) ((keys[i] - least) >>> shift)]++;
      }
    }

    @Override
    public void deal(
        long[] keys, int[] rows, int from, int to, int[] next, long[] toKeys, int[] toRows) {
      for (int i = from; i < to; i++) {
        int at = next[(int) ((keys[i] - least) >>> shift)]++;
        toKeys[at] = keys[i];
        toRows[at] = rows == null ? i : rows[i];
      }
    }
  }

  /**
   * Sorts ranges of keys with their rows on one thread, by way of scratch as long as the longest.
   */
  private static final class Range {
    private final long[] keys;
    private final int[] rows;
    private long[] scratchKeys = new long[0];
    private int[] scratchRows = new int[0];

    Range(long[] keys, int[] rows) {
      this.keys = keys;
      this.rows = rows;
    }

    void sort(int from, int to) {
      if (to - from <= SMALL) {
        insertionSort(keys, rows, from, to);
        return;
      }
      if (scratchKeys.length < to - from) {
        scratchKeys = new long[to - from];
        scratchRows = new int[to - from];
      }
      if (to - from < LARGE) {
        merge(from, to);
      } else {
        deal(from, to);
      }
    }

    private void deal(int from, int to) {
      Extent extent = Extent.of(keys, from, to);
      if (extent.isSorted) {
        return;
      }
      int bits = bits(to - from);
      int[] next = new int[(1 << bits) + 1];
      ByBits dealing = extent.byBits(bits);
      dealing.count(keys, from, to, next);
      int begin = 0;
      for (int bucket = 0; bucket < next.length; bucket++) {
        int count = next[bucket];
        next[bucket] = begin;
        begin += count;
      }
      dealing.deal(keys, rows, from, to, next, scratchKeys, scratchRows);
      System.arraycopy(scratchKeys, 0, keys, from, to - from);
      System.arraycopy(scratchRows, 0, rows, from, to - from);
      // Each bucket now ends where the next one began.
      begin = from;
      for (int bucket = 0; bucket < next.length - 1; bucket++) {
        int end = from + next[bucket];
        if (end - begin > 1) {
          sort(begin, end);
        }
        begin = end;
      }
    }

    private void merge(int from, int to) {
      if (to - from <= SMALL) {
        insertionSort(keys, rows, from, to);
        return;
      }
      int middle = (from + to) >>> 1;
      merge(from, middle);
      merge(middle, to);
      if (keys[middle - 1] <= keys[middle]) {
        return;
      }
      int size = middle - from;
      System.arraycopy(keys, from, scratchKeys, 0, size);
      System.arraycopy(rows, from, scratchRows, 0, size);
      int left = 0;
      int right = middle;
      int at = from;
      while (left < size && right < to) {
        if (scratchKeys[left] <= keys[right]) {
          keys[at] = scratchKeys[left];
          rows[at++] = scratchRows[left++];
        } else {
          keys[at] = keys[right];
          rows[at++] = rows[right++];
        }
      }
      System.arraycopy(scratchKeys, left, keys, at, size - left);
      System.arraycopy(scratchRows, left, rows, at, size - left);
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
}
