package dev.reprise;

import java.util.List;
import java.util.Map;

/**
 * What a run did.
 *
 * @param wallNanos from the first statement to the last
 * @param operations one entry per opcode that was executed or found, most time first
 * @param functions whole calls that were looked up
 * @param blocks whole blocks that were looked up
 * @param savedNanos what everything that was found had cost when it was computed
 * @param partial one entry per rewrite that put a value together from parts
 * @param cache the lineage cache after the run; null when nothing is reused
 * @param hostBytes host memory in use after the run
 * @param hostPeakBytes the most host memory that was in use since the session began
 * @param hostBudgetBytes the limit
 * @param disk what was moved to disk and back since the session began
 * @param lineage heap that traces take
 * @param devices the accelerators that the session opened
 * @param placement how well {@code auto} estimated, and which accelerators it looked for in vain
 * @param verification hits that were computed again; null when none are
 * @param store what came from the experiment store and went there since the session began; null
 *     without one
 * @param forecast what reuse would have saved; null unless that was asked
 * @param loops iterations that were traced without items
 * @param views slices that were not copied
 */
public record RunStatistics(
    long wallNanos,
    List<OpcodeStatistics> operations,
    LevelStatistics functions,
    LevelStatistics blocks,
    long savedNanos,
    List<RewriteStatistics> partial,
    CacheContents cache,
    long hostBytes,
    long hostPeakBytes,
    long hostBudgetBytes,
    LineageUse lineage,
    DiskUse disk,
    List<DeviceUse> devices,
    PlacementUse placement,
    Verification verification,
    StoreUse store,
    ReuseForecast forecast,
    LoopStatistics loops,
    ViewStatistics views) {

  /** Copies the lists. */
  public RunStatistics {
    operations = List.copyOf(operations);
    partial = List.copyOf(partial);
    devices = List.copyOf(devices);
  }

  /**
   * One opcode.
   *
   * @param opcode its name
   * @param executed how often a kernel or scalar function ran
   * @param nanos time in kernels; scalar functions are counted, not timed
   * @param hits how often the cache had the value
   * @param misses how often it was probed for in vain
   * @param waits how often another worker was computing it
   */
  public record OpcodeStatistics(
      String opcode, long executed, long nanos, long hits, long misses, long waits) {}

  /**
   * One rewrite of partial reuse.
   *
   * @param rewrite its name; docs/partial-reuse.md has the list
   * @param hits values that it put together from parts
   * @param savedNanos estimate of what execution would have taken beyond that
   */
  public record RewriteStatistics(String rewrite, long hits, long savedNanos) {}

  /**
   * The choice of devices since the session began.
   *
   * @param estimates one entry per device on which {@code auto} estimated from ten or more
   *     observations
   * @param absences why accelerators that were looked for are absent, a sentence each
   */
  public record PlacementUse(List<EstimateUse> estimates, List<String> absences) {
    /** Of a session without estimates. */
    public static final PlacementUse NONE = new PlacementUse(List.of(), List.of());

    /** Copies both lists. */
    public PlacementUse {
      estimates = List.copyOf(estimates);
      absences = List.copyOf(absences);
    }
  }

  /**
   * Estimates of the time of operations beside the time that they took.
   *
   * @param device its name, or {@code cpu}
   * @param count estimates
   * @param medianError half of them were at most so far off, as a share of the time that it took
   */
  public record EstimateUse(String device, long count, double medianError) {}

  /**
   * Found values that were computed again and compared, since the session began.
   *
   * @param values how many; had one been wrong, the run would have failed
   * @param approximate those that depend on rewritten values, which may deviate a little
   * @param worstDeviation the largest deviation, relative to the largest cell
   */
  public record Verification(long values, long approximate, double worstDeviation) {}

  /**
   * Reuse above instructions.
   *
   * @param hits executions that were left out, since all their results were there
   * @param misses executions worth remembering whose results were not there
   * @param savedNanos what the executions had cost whose results were found
   * @param byContents of the hits, those that were found by the contents of small inputs, which had
   *     come to be in another way
   */
  public record LevelStatistics(long hits, long misses, long savedNanos, long byContents) {
    /** Of a run that looked nothing up. */
    public static final LevelStatistics NONE = new LevelStatistics(0, 0, 0, 0);
  }

  /**
   * What became of iterations of loops.
   *
   * @param recorded how many took a path that was known: their trace was stored without making its
   *     items
   * @param left how often an iteration that was to be recorded had to be traced after all: another
   *     path, an operation that is looked up, a failure
   * @param givenUp iterations of parfor loops that lacked memory beside others and ran again, with
   *     fewer workers
   * @param resumed workers that began again later
   */
  public record LoopStatistics(long recorded, long left, long givenUp, long resumed) {
    /** Of a run that recorded no iteration. */
    public static final LoopStatistics NONE = new LoopStatistics(0, 0);

    /**
     * Of a run that gave up no iteration.
     *
     * @param recorded as above
     * @param left as above
     */
    public LoopStatistics(long recorded, long left) {
      this(recorded, left, 0, 0);
    }
  }

  /**
   * Slices of whole rows that read the rows where they lie.
   *
   * @param count how many
   * @param bytes of their cells, which were not copied
   * @param separated views that were copied after all since the session began: so that a few rows
   *     do not keep a large matrix, before somebody wrote into it, or to be kept by the cache
   */
  public record ViewStatistics(long count, long bytes, long separated) {
    /** Of a run that copied all slices. */
    public static final ViewStatistics NONE = new ViewStatistics(0, 0, 0);
  }

  /**
   * The lineage cache.
   *
   * @param entries values held in memory
   * @param bytes bytes they occupy
   * @param admitted values kept since the session began, as all below
   * @param rejected values not kept
   * @param evictions values dropped
   * @param evictionNanos time that threads in need of room took to drop values
   * @param failed computations that ended in an error
   * @param abandoned claims given up
   * @param diskEntries values held on disk alone
   * @param diskBytes bytes they occupy there
   * @param spills values that left memory for the disk
   * @param restores values brought back for a probe
   * @param groups whole calls and blocks that can be skipped with values it holds
   * @param groupsBroken such that could be until one of their values was dropped
   * @param evictionsByReason values dropped, by the reason's name in small letters
   */
  public record CacheContents(
      long entries,
      long bytes,
      long admitted,
      long rejected,
      long evictions,
      long evictionNanos,
      long failed,
      long abandoned,
      long diskEntries,
      long diskBytes,
      long spills,
      long restores,
      long groups,
      long groupsBroken,
      Map<String, Long> evictionsByReason) {}

  /**
   * Heap that the traces of variables take, estimated.
   *
   * @param bytes when it was last looked at: at the end of a run, as a rule
   * @param peakBytes the most that was found
   * @param budgetBytes the limit
   * @param cuts variables whose trace was cut since the session began
   */
  public record LineageUse(long bytes, long peakBytes, long budgetBytes, long cuts) {
    /** Of a session that does not trace. */
    public static final LineageUse NONE = new LineageUse(0, 0, 0, 0);
  }

  /**
   * Values that host memory had no room for.
   *
   * @param bytes on disk after the run
   * @param peakBytes the most that was on disk at once
   * @param budgetBytes the limit; 0 when the disk is switched off or was not needed yet
   * @param spills values written
   * @param spilledBytes bytes written
   * @param restores values read back
   * @param restoredBytes bytes read back
   * @param liveSpills how often a value that the program held left host memory
   * @param retries operations that ran a second time, alone, because memory was short
   * @param writeErrors writes that the disk refused
   * @param damaged values that did not come back as they were written
   * @param pages values that were too large for memory, so that they lay on disk and were read
   *     there
   * @param pagedBytes bytes of these
   * @param writeBytesPerSecond moving average of what was measured
   * @param readBytesPerSecond moving average of what was measured
   */
  public record DiskUse(
      long bytes,
      long peakBytes,
      long budgetBytes,
      long spills,
      long spilledBytes,
      long restores,
      long restoredBytes,
      long liveSpills,
      long retries,
      long writeErrors,
      long damaged,
      long pages,
      long pagedBytes,
      double writeBytesPerSecond,
      double readBytesPerSecond) {
    /** Of a run that needed no disk. */
    public static final DiskUse NONE = new DiskUse(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * An accelerator; everything since the session began.
   *
   * @param name {@code cuda:0}, {@code opencl:0}
   * @param executed operations that ended there
   * @param launches kernels, products of its libraries and copies within it that were started there
   * @param replays iterations of loops whose launches were started at once
   * @param busyNanos time that it worked on them, by its own clock
   * @param fallbacks operations that ran on the processor after it could not do them
   * @param firstFallback which operation was the first of them, and why; empty without fallbacks
   * @param bytes memory in use now, copies of cached values included
   * @param peakBytes the most that was in use at once
   * @param budgetBytes the limit
   * @param copies matrices that have a copy there now
   * @param uploads matrices copied there
   * @param uploadedBytes bytes copied there
   * @param downloads matrices copied to the host
   * @param downloadedBytes bytes copied to the host
   * @param peerCopies matrices copied there from other accelerators
   * @param peerBytes bytes copied there from other accelerators
   * @param demotions copies that left for the host for lack of room
   * @param dropped copies dropped for lack of room, whose cells were elsewhere too
   * @param reclaimed times that the cache gave up values to make room
   * @param restored values that were computed again since they were lost with it
   * @param lost whether it can do nothing more
   */
  public record DeviceUse(
      String name,
      long executed,
      long launches,
      long replays,
      long busyNanos,
      long fallbacks,
      String firstFallback,
      long bytes,
      long peakBytes,
      long budgetBytes,
      long copies,
      long uploads,
      long uploadedBytes,
      long downloads,
      long downloadedBytes,
      long peerCopies,
      long peerBytes,
      long demotions,
      long dropped,
      long reclaimed,
      long restored,
      boolean lost) {}

  /** {@return how many values were put together from parts, by any rewrite} */
  public long partialHits() {
    return partial.stream().mapToLong(RewriteStatistics::hits).sum();
  }

  /**
   * Values put together by one rewrite.
   *
   * @param rewrite its name
   * @return how many
   */
  public long partialHits(String rewrite) {
    return partial.stream()
        .filter(r -> r.rewrite().equals(rewrite))
        .mapToLong(RewriteStatistics::hits)
        .sum();
  }

  /** {@return how often the cache had a value, of any operation} */
  public long hits() {
    return operations.stream().mapToLong(OpcodeStatistics::hits).sum();
  }

  /** {@return how often a value was probed for in vain} */
  public long misses() {
    return operations.stream().mapToLong(OpcodeStatistics::misses).sum();
  }

  /** {@return how often another worker was computing a value} */
  public long waits() {
    return operations.stream().mapToLong(OpcodeStatistics::waits).sum();
  }

  /** {@return how many kernels and scalar functions ran} */
  public long executed() {
    return operations.stream().mapToLong(OpcodeStatistics::executed).sum();
  }

  /**
   * The statistics of one opcode.
   *
   * @param opcode its name
   * @return zeros when it did not occur
   */
  public OpcodeStatistics of(String opcode) {
    return operations.stream()
        .filter(o -> o.opcode().equals(opcode))
        .findFirst()
        .orElse(new OpcodeStatistics(opcode, 0, 0, 0, 0, 0));
  }
}
