package dev.reprise.engine.report;

import dev.reprise.cache.InFlight;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;

/**
 * What one control thread did, by opcode. Plain arrays written by their owner, except that pool
 * tasks report through {@link RunCounters}. What is counted here goes to the time line, too.
 */
public final class Counters implements Tally {
  /** Two readings of the clock take 50 ns and more, which is less than a tenth of such work. */
  private static final double ALWAYS_TIMED_NANOS = 1_000;

  /** So many executions of an opcode are timed however small they are. */
  private static final long ALWAYS_TIMED = 256;

  /** Of further small ones one in so many, as two to the power. */
  private static final int ONE_IN_BITS = 3;

  /** An odd number without a pattern in its bits. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  /** By opcode: kernels and other operations that were executed. */
  public final long[] executed;

  /**
   * By opcode: what kernels took, of small ones as {@link #stand} says; operations on the control
   * thread are not timed.
   */
  public final long[] nanos;

  /** By opcode: values that were found. */
  public final long[] hits;

  /** By opcode: values that were looked up and had to be computed. */
  public final long[] misses;

  /** By opcode: values that somebody else was computing. */
  public final long[] waits;

  /** By rewrite: values put together from parts. */
  public final long[] partialHits = new long[PartialReuse.names().size()];

  /** By rewrite: estimated nanoseconds that this saved. */
  public final long[] partialSavedNanos = new long[partialHits.length];

  /** Iterations of loops that were traced without items. */
  public long recorded;

  /** How often that had to end. */
  public long recordingsLeft;

  /** Iterations of parfor loops that ran again, since memory was short beside other workers. */
  public long givenUp;

  /** Workers of parfor loops that began again, after memory was short. */
  public long resumed;

  /** Slices that were views. */
  public long views;

  /** The bytes that were not copied for them. */
  public long viewedBytes;

  private final Level[] levels;

  /** Of the thread that these are the counters of; null when no time line is recorded. */
  public Track track;

  /** Whole calls, or whole blocks. */
  public static final class Level {
    /** Those that were found. */
    public long hits;

    /** Of these, those that were found by the contents of small inputs. */
    public long byContents;

    /** Those that were executed, as far as that was worth remembering. */
    public long misses;

    /** Measured time of the executions that were left out. */
    public long savedNanos;

    /** One was found whose execution took so long. */
    public void hit(long costNanos) {
      hits++;
      savedNanos += costNanos;
    }

    /** Only executions that were worth remembering count. */
    public void miss() {
      misses++;
    }
  }

  /**
   * @param opcodes how many an {@link OpcodeIndex} has
   */
  public Counters(int opcodes) {
    executed = new long[opcodes];
    nanos = new long[opcodes];
    hits = new long[opcodes];
    misses = new long[opcodes];
    waits = new long[opcodes];
    levels = new Level[Region.Level.values().length];
    Arrays.setAll(levels, _ -> new Level());
  }

  @Override
  public void hit(int opcode, Operation operation) {
    hits[opcode]++;
    if (track != null) {
      track.moment(EventKind.HIT, track.label(operation), 0);
    }
  }

  /** Counts a probe that was answered with a handle: a value on disk was found, too. */
  public void met(InFlight answer, int opcode, Operation operation) {
    if (answer.found()) {
      hit(opcode, operation);
      return;
    }
    waits[opcode]++;
    if (track != null) {
      track.moment(EventKind.IN_FLIGHT, track.label(operation), 0);
    }
  }

  /** Counts a slice that is a view. */
  public void viewed(int opcode, Operation operation, long bytes) {
    executed(opcode, operation, System.nanoTime(), 0);
    views++;
    viewedBytes += bytes;
  }

  /**
   * How many executions the next one of an opcode stands for, if it is timed: 1, but for little
   * work that has come often, of which most are not timed (0). A time line has all.
   *
   * @param work estimated nanoseconds
   */
  public int stand(int opcode, double work) {
    long before = executed[opcode];
    if (before < ALWAYS_TIMED || work >= ALWAYS_TIMED_NANOS || track != null) {
      return 1;
    }
    // Not every eighth: that might always be the same operation of a loop.
    long scattered = before * SCATTER;
    scattered = (scattered ^ scattered >>> 32) * SCATTER;
    return scattered >>> (Long.SIZE - ONE_IN_BITS) == 0 ? 1 << ONE_IN_BITS : 0;
  }

  /** An operation was executed that {@link #stand} says is not timed. */
  public void executedUntimed(int opcode) {
    executed[opcode]++;
  }

  /** What was counted of calls, or of blocks. */
  public Level levels(Region.Level level) {
    return levels[level.ordinal()];
  }

  @Override
  public void executed(int opcode, Operation operation, long start, long took) {
    executed[opcode]++;
    nanos[opcode] += took;
    if (track != null) {
      track.executed(operation, start, took);
    }
  }

  @Override
  public void executedElsewhere(int opcode, Operation operation, long took) {
    executed[opcode]++;
    nanos[opcode] += took;
    if (track != null) {
      track.moment(EventKind.ENDED, track.label(operation), took);
    }
  }

  @Override
  public void executedFused(int opcode, Operation root, long start, long took) {
    executed[opcode]++;
    nanos[opcode] += took;
    if (track != null) {
      track.executedFused(root, start, took);
    }
  }

  @Override
  public void partialHit(int rewrite, long saved) {
    partialHits[rewrite]++;
    partialSavedNanos[rewrite] += saved;
    if (track != null) {
      track.moment(EventKind.PARTIAL_HIT, track.label(PartialReuse.names().get(rewrite), null), 0);
    }
  }

  void add(Counters other) {
    for (int i = 0; i < executed.length; i++) {
      executed[i] += other.executed[i];
      nanos[i] += other.nanos[i];
      hits[i] += other.hits[i];
      misses[i] += other.misses[i];
      waits[i] += other.waits[i];
    }
    recorded += other.recorded;
    recordingsLeft += other.recordingsLeft;
    givenUp += other.givenUp;
    resumed += other.resumed;
    views += other.views;
    viewedBytes += other.viewedBytes;
    for (int i = 0; i < partialHits.length; i++) {
      partialHits[i] += other.partialHits[i];
      partialSavedNanos[i] += other.partialSavedNanos[i];
    }
    for (int i = 0; i < levels.length; i++) {
      levels[i].hits += other.levels[i].hits;
      levels[i].byContents += other.levels[i].byContents;
      levels[i].misses += other.levels[i].misses;
      levels[i].savedNanos += other.levels[i].savedNanos;
    }
  }
}
