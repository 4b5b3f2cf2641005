package dev.reprise.memory;

/**
 * How long moving a byte takes: a moving average that starts from a calibration. Written by one
 * thread, read by any.
 */
final class Bandwidth {
  /** Share of the newest measurement, weighted further by its size. */
  private static final double WEIGHT = 0.3;

  /** A measurement of that many bytes counts in full; smaller ones are mostly latency. */
  private static final double FULL_BYTES = 8 << 20;

  /**
   * A move that took longer than so many times what was expected counts as no more: a machine that
   * stood still for a moment says nothing about its disk, and an estimate that keeps everything off
   * the disk would never be corrected. A disk that is slow says so each time.
   */
  private static final double MOST = 8;

  // Publishes the average to those who decide about demotion.
  private volatile double nanosPerByte;

  Bandwidth(double bytesPerSecond) {
    this.nanosPerByte = 1e9 / bytesPerSecond;
  }

  void measured(long bytes, long nanos) {
    double weight = WEIGHT * Math.min(1, bytes / FULL_BYTES);
    double now = Math.max(nanos, 1) / (double) Math.max(bytes, 1);
    nanosPerByte = (1 - weight) * nanosPerByte + weight * Math.min(now, MOST * nanosPerByte);
  }

  double nanosFor(long bytes) {
    return bytes * nanosPerByte;
  }

  double bytesPerSecond() {
    return 1e9 / nanosPerByte;
  }
}
