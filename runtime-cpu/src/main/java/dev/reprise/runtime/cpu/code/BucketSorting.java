package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The steps of a stable sort of doubles by buckets, in machine code; who calls them says in which
 * order, and on how many threads:
 *
 * <pre>
 *   cells --keys--> keys --count--> counts --starts--> starts
 *   keys, starts --deal--> pairs --order--> ordered
 * </pre>
 *
 * <p>Keys are whole numbers of 64 bits in the order of the cells. Each is dealt as a pair with its
 * cell, or with the number of its row, which is then ordered. No address is checked; where {@link
 * CellFunction#areThere() there is code}. Stateless, for any number of threads.
 */
public final class BucketSorting {
  /**
   * Calls have less than twice as many keys, since the JVM can stop no thread that is in one; but
   * {@link #starts} takes all buckets, of which an eighth as many as keys take less time.
   */
  public static final int MOST_KEYS = 1 << 15;

  /** Chunks of the keys that are dealt at the same time, each with counts of its own. */
  public static final int CHUNKS = DealingCode.CHUNKS;

  /** How many pairs whose keys are not less than any other lie behind those that are dealt. */
  public static final int PADDING = 3;

  /** Buckets of at most so many keys are never noted. */
  public static final int SMALL = BucketRanksCode.MOST_KEYS;

  private static final CodeTable KEYS =
      new CodeTable("keys of a sort", 2, number -> SortKeysCode.of(number == 1));

  private static final CodeTable DEALING =
      new CodeTable(
          "dealing of keys",
          DealingCode.Kind.values().length,
          number -> DealingCode.of(DealingCode.Kind.values()[number]));

  private static final CodeTable STARTS =
      new CodeTable("starts of buckets", 1, _ -> DealingCode.ofStarts());

  private static final CodeTable RANKS =
      new CodeTable("order of buckets", 1, _ -> BucketRanksCode.code());

  private BucketSorting() {}

  /**
   * The least and the largest of some keys, and whether their cells are in order, also after the
   * one before them; cells that are no numbers never are.
   */
  public record Extent(long least, long largest, boolean isOrdered) {
    public Extent joined(Extent other) {
      return new Extent(
          Math.min(least, other.least),
          Math.max(largest, other.largest),
          isOrdered && other.isOrdered);
    }
  }

  /**
   * Writes the keys of cells. Of what is no number they are larger or less than all others.
   *
   * @param cells address of the first one
   * @param isFirst whether there is no cell before it
   * @param count at least 8
   * @param keys where the first key goes
   */
  public static Extent keys(
      long cells, boolean isFirst, long count, long keys, boolean isDecreasing) {
    requireFew(count);
    long[] arguments = new long[SortKeysCode.ARGUMENTS];
    arguments[SortKeysCode.CELLS] = cells;
    arguments[SortKeysCode.BEFORE] = isFirst ? 0 : cells - Double.BYTES;
    arguments[SortKeysCode.KEYS] = keys;
    arguments[SortKeysCode.FOURS] = count / 4;
    arguments[SortKeysCode.LAST_BYTES] = (count % 4 - 4) * Double.BYTES;
    arguments[SortKeysCode.FLIP] = isDecreasing ? -1 : 0;
    arguments[SortKeysCode.MAGNITUDE_BITS] = Long.MAX_VALUE;
    fill(arguments, SortKeysCode.LEAST, Long.MAX_VALUE);
    fill(arguments, SortKeysCode.LARGEST, Long.MIN_VALUE);
    call(KEYS.of(isDecreasing ? 1 : 0), arguments);
    return new Extent(
        lanes(arguments, SortKeysCode.LEAST).min().orElseThrow(),
        lanes(arguments, SortKeysCode.LARGEST).max().orElseThrow(),
        lanes(arguments, SortKeysCode.UNORDERED).allMatch(lane -> lane == 0));
  }

  private static void requireFew(long keys) {
    if (keys >= 2 * MOST_KEYS) {
      throw new IllegalArgumentException(keys + " keys in one call");
    }
  }

  private static void fill(long[] arguments, int place, long value) {
    Arrays.fill(arguments, place, place + 4, value);
  }

  private static LongStream lanes(long[] arguments, int place) {
    return Arrays.stream(arguments, place, place + 4);
  }

  /**
   * Which bucket a key belongs to, evenly by the numbers. Differences, products and cuts are
   * rounded in the order of the numbers, so a smaller key never gets a later bucket.
   *
   * @param least number of a key
   * @param scale buckets for a number
   * @param buckets how many
   */
  public record Dealing(double least, double scale, int buckets) {
    /** To so many buckets; null where some number is none, or numbers are too far apart. */
    public static Dealing of(Extent extent, int buckets) {
      double least = number(extent.least);
      double range = number(extent.largest) - least;
      double scale = buckets / range;
      boolean isFinite = range < Double.POSITIVE_INFINITY && scale < Double.POSITIVE_INFINITY;
      return isFinite ? new Dealing(least, scale, buckets) : null;
    }

    private static double number(long key) {
      return Double.longBitsToDouble(key ^ ((key >> 63) & Long.MAX_VALUE));
    }

    /** Adds the bytes of so many keys to those of their buckets, from an address on. */
    public void count(long keys, long count, long counts) {
      run(DealingCode.Kind.COUNT, arguments(keys, count, counts));
    }

    /**
     * Copies keys, each with its cell, to their buckets.
     *
     * @param next where it is said how many bytes of keys lie before each bucket's next one; it is
     *     moved on
     * @param pairs where the first pair goes
     */
    public void dealCells(long keys, long count, long next, long cells, long pairs) {
      long[] arguments = arguments(keys, count, next);
      arguments[DealingCode.CELLS] = cells;
      arguments[DealingCode.PAIRS] = pairs;
      run(DealingCode.Kind.DEAL_CELLS, arguments);
    }

    /**
     * As {@link #dealCells}, with the numbers of the rows.
     *
     * @param position of the first one
     */
    public void dealPositions(long keys, long count, long next, long position, long pairs) {
      long[] arguments = arguments(keys, count, next);
      arguments[DealingCode.POSITION] = Double.doubleToRawLongBits(position);
      arguments[DealingCode.PAIRS] = pairs;
      run(DealingCode.Kind.DEAL_POSITIONS, arguments);
    }

    private long[] arguments(long keys, long count, long buckets) {
      requireFew(count);
      long[] arguments = new long[DealingCode.ARGUMENTS];
      int rest = (int) (count % 4);
      arguments[DealingCode.KEYS] = keys;
      arguments[DealingCode.BUCKETS] = buckets;
      arguments[DealingCode.FOURS] = count / 4;
      arguments[DealingCode.REST] = rest;
      Arrays.fill(arguments, DealingCode.MASK, DealingCode.MASK + rest, -1);
      arguments[DealingCode.MAGNITUDE_BITS] = Long.MAX_VALUE;
      arguments[DealingCode.LEAST] = Double.doubleToRawLongBits(least);
      arguments[DealingCode.SCALE] = Double.doubleToRawLongBits(scale);
      arguments[DealingCode.LAST_BUCKET] = Double.doubleToRawLongBits(this.buckets - 1);
      arguments[DealingCode.ONE] = Double.doubleToRawLongBits(1);
      return arguments;
    }

    private static void run(DealingCode.Kind kind, long[] arguments) {
      call(DEALING.of(kind.ordinal()), arguments);
    }
  }

  /**
   * Turns the counts of {@link #CHUNKS} chunks, one behind the other, into how many bytes lie
   * before each bucket of each chunk.
   */
  public static void starts(long counts, int buckets) {
    long[] arguments = new long[DealingCode.START_ARGUMENTS];
    arguments[DealingCode.COUNTS] = counts;
    arguments[DealingCode.CHUNK_BYTES] = (long) buckets * Long.BYTES;
    arguments[DealingCode.BUCKET_COUNT] = buckets;
    call(STARTS.of(0), arguments);
  }

  /**
   * Brings what was dealt to the order of the keys, bucket by bucket. Large buckets that are not in
   * order are noted instead.
   *
   * @param pairs of all buckets; {@link #PADDING} more are read
   * @param ordered where what was dealt with the keys goes
   * @param ends how many bytes of keys there are up to the end of each bucket, of at least one
   * @param begin how many bytes of keys lie before the first bucket
   * @param notes where the begin and the end of each bucket go that is left
   * @return how many are
   */
  public static int order(long pairs, long ordered, MemorySegment ends, long begin, long notes) {
    long buckets = ends.byteSize() / Long.BYTES;
    long end = ends.getAtIndex(ValueLayout.JAVA_LONG, buckets - 1);
    requireFew((end - begin) / Long.BYTES);
    long[] arguments = new long[BucketRanksCode.ARGUMENTS];
    arguments[BucketRanksCode.PAIRS] = pairs;
    arguments[BucketRanksCode.ORDERED] = ordered;
    arguments[BucketRanksCode.ENDS] = ends.address();
    arguments[BucketRanksCode.BEGIN] = begin;
    arguments[BucketRanksCode.BUCKETS] = buckets;
    arguments[BucketRanksCode.NOTES] = notes;
    for (int key = 0; key < 4; key++) {
      for (int lane = 0; lane < 4; lane++) {
        int other = BucketRanksCode.LANES[lane];
        arguments[BucketRanksCode.BEHIND + 4 * key + lane] = other > key ? -1 : 0;
        arguments[BucketRanksCode.BEFORE + 4 * key + lane] = other < key ? -1 : 0;
      }
    }
    call(RANKS.of(0), arguments);
    return (int) ((arguments[BucketRanksCode.NOTES] - notes) / (2 * Long.BYTES));
  }

  private static void call(MemorySegment code, long[] arguments) {
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(code, places, places, 0, 0, 0, 0);
  }
}
