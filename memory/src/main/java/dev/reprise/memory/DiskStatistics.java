package dev.reprise.memory;

/**
 * What a {@link DiskTier} holds and did.
 *
 * @param bytes taken on the disk now
 * @param peakBytes the most that was taken at once
 * @param budgetBytes the limit; 0 before the first spill when it depends on the free space
 * @param spills values written
 * @param spilledBytes bytes written
 * @param restores values read back
 * @param restoredBytes bytes read back
 * @param refused values that found no room
 * @param writeErrors values that the disk did not take
 * @param damaged values that did not come back as they were written
 * @param pages values that were too large for memory and lie here
 * @param pagedBytes bytes of these
 * @param writeBytesPerSecond moving average
 * @param readBytesPerSecond moving average
 */
public record DiskStatistics(
    long bytes,
    long peakBytes,
    long budgetBytes,
    long spills,
    long spilledBytes,
    long restores,
    long restoredBytes,
    long refused,
    long writeErrors,
    long damaged,
    long pages,
    long pagedBytes,
    double writeBytesPerSecond,
    double readBytesPerSecond) {

  /** Of a session without a disk. */
  public static final DiskStatistics NONE =
      new DiskStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
