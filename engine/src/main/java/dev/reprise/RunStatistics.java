package dev.reprise;

import java.util.List;

/**
 * What a run did.
 *
 * @param wallNanos from the first statement to the last
 * @param operations one entry per opcode that was executed or found, most time first
 * @param savedNanos what the found values had cost when they were computed
 * @param cache the lineage cache after the run; null when nothing is reused
 * @param hostBytes host memory in use after the run
 * @param hostPeakBytes the most host memory that was in use since the session began
 * @param hostBudgetBytes the limit
 */
public record RunStatistics(
    long wallNanos,
    List<OpcodeStatistics> operations,
    long savedNanos,
    CacheContents cache,
    long hostBytes,
    long hostPeakBytes,
    long hostBudgetBytes) {

  public RunStatistics {
    operations = List.copyOf(operations);
  }

  /**
   * One opcode.
   *
   * @param executed how often a kernel or scalar function ran
   * @param nanos time in kernels; scalar functions are counted, not timed
   * @param hits how often the cache had the value
   * @param misses how often it was probed for in vain
   * @param waits how often another worker was computing it
   */
  public record OpcodeStatistics(
      String opcode, long executed, long nanos, long hits, long misses, long waits) {}

  /**
   * The lineage cache.
   *
   * @param entries values held
   * @param bytes bytes they occupy
   * @param admitted values kept since the session began, as all below
   * @param rejected values not kept
   * @param evictions values dropped
   * @param failed computations that ended in an error
   * @param abandoned claims given up
   */
  public record CacheContents(
      long entries,
      long bytes,
      long admitted,
      long rejected,
      long evictions,
      long failed,
      long abandoned) {}

  public long hits() {
    return operations.stream().mapToLong(OpcodeStatistics::hits).sum();
  }

  public long misses() {
    return operations.stream().mapToLong(OpcodeStatistics::misses).sum();
  }

  public long waits() {
    return operations.stream().mapToLong(OpcodeStatistics::waits).sum();
  }

  public long executed() {
    return operations.stream().mapToLong(OpcodeStatistics::executed).sum();
  }

  /** The statistics of one opcode; zeros when it did not occur. */
  public OpcodeStatistics of(String opcode) {
    return operations.stream()
        .filter(o -> o.opcode().equals(opcode))
        .findFirst()
        .orElse(new OpcodeStatistics(opcode, 0, 0, 0, 0, 0));
  }
}
