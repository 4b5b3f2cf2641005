package dev.reprise.store;

import java.util.function.LongSupplier;

/**
 * What a run may spend on writing: a share of the time that it has taken so far, and a little at
 * once. What the little is spent on goes by estimates from bytes, so that what a short run keeps
 * does not depend on the machine; a longer one counts what writing takes. By the writing thread.
 *
 * <p>A value that took so long to compute that the share of its own time pays for writing it is
 * always affordable: such values together never take more than the share of the run.
 */
final class WriteBudget {
  /** Free at the start: what short runs keep. */
  static final long CREDIT_NANOS = 20_000_000;

  /** A row of the database with its part of a transaction. */
  private static final long ROW_NANOS = 30_000;

  /** Writing with fingerprint into the file system's cache, before anything was measured. */
  private static final double FIRST_NANOS_PER_BYTE = 2;

  /** Shorter writes say nothing about bandwidth. */
  private static final long LEAST_MEASURED_BYTES = 1 << 20;

  private static final double WEIGHT_OF_LATEST = 0.3;

  /**
   * A content that took longer than so many times what was expected counts as no more: what a
   * machine that stood still for a moment keeps from being written is never measured again.
   */
  private static final double MOST_OF_LATEST = 8;

  private final double share;
  private final LongSupplier clock;
  private final long start;
  private double nanosPerByte = FIRST_NANOS_PER_BYTE;
  private long spentNanos;
  private long takenNanos;

  /** Given when nobody waits for the writing any more. */
  private long grantedNanos;

  /**
   * @param share of the run's time
   * @param clock nanoseconds
   */
  WriteBudget(double share, LongSupplier clock) {
    this.share = share;
    this.clock = clock;
    this.start = clock.getAsLong();
  }

  /** Estimated nanoseconds of writing a content. */
  long writeNanos(long bytes) {
    return ROW_NANOS + (long) (nanosPerByte * bytes);
  }

  /** True when a value's own cost pays for writing it. */
  boolean paysForItself(long costNanos, long writeNanos) {
    return writeNanos <= share * costNanos;
  }

  /** True when there is enough left. */
  boolean allows(long writeNanos) {
    return writeNanos <= leftNanos();
  }

  /** The credit goes by estimates, the share by what writing has really taken. */
  private double leftNanos() {
    double earned = share * (clock.getAsLong() - start);
    long given = CREDIT_NANOS + grantedNanos;
    return Math.max(given - spentNanos, given + earned - Math.max(takenNanos, spentNanos));
  }

  /** Bytes beyond which more will hardly be written at the end than is there already. */
  long affordableBytes() {
    double later = share * (clock.getAsLong() - start);
    return (long) (Math.max(0, leftNanos() + later) / nanosPerByte);
  }

  /** Gives more than the share. */
  void grant(long nanos) {
    grantedNanos += nanos;
  }

  void spend(long writeNanos) {
    spentNanos += writeNanos;
  }

  /** Notes how long the thread has written. */
  void taken(long nanos) {
    takenNanos += nanos;
  }

  /** Notes how long a content took. */
  void measured(long bytes, long nanos) {
    if (bytes >= LEAST_MEASURED_BYTES) {
      double latest = Math.min((double) nanos / bytes, MOST_OF_LATEST * nanosPerByte);
      nanosPerByte += WEIGHT_OF_LATEST * (latest - nanosPerByte);
    }
  }
}
