package dev.reprise.store;

/**
 * How soon a {@link RunLog} writes, and how much.
 *
 * @param share of the run's time that writing may take
 * @param gatherNanos how long changes are gathered before they are written
 * @param urgentNanos what took longer to compute is not gathered
 * @param afterwards whether nobody waits for the end
 * @param restNanos for so long nothing is written at first unless it must be, if nobody waits
 */
record WritingPace(
    double share, long gatherNanos, long urgentNanos, boolean afterwards, long restNanos) {
  private static final int LARGEST_BATCH = 1_024;

  /** When nobody will wait for the end; as long as one transaction may keep others waiting. */
  private static final int LARGEST_BATCH_AFTERWARDS = 4_096;

  /** How long changes are gathered before they are written. */
  private static final long GATHER_NANOS = 250_000_000;

  /** Likewise, when writing is left for afterwards. */
  private static final long LONG_GATHER_NANOS = 3_000_000_000L;

  /** Of a run whose end somebody waits for. */
  static WritingPace of(double share) {
    return of(share, GATHER_NANOS);
  }

  static WritingPace of(double share, long gatherNanos) {
    return new WritingPace(share, gatherNanos, gatherNanos, false, 0);
  }

  static WritingPace of(StoreConfig config) {
    return config.afterwards()
        ? new WritingPace(
            config.writingShare(), LONG_GATHER_NANOS, GATHER_NANOS, true, config.restNanos())
        : of(config.writingShare());
  }

  /** Most changes of one transaction. */
  int largestBatch() {
    return afterwards ? LARGEST_BATCH_AFTERWARDS : LARGEST_BATCH;
  }
}
