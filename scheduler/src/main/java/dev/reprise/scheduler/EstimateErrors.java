package dev.reprise.scheduler;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far estimated times were from those that followed, relative to these: counts in classes that
 * each are a tenth wider than the one before. Thread-safe; a summary that is made meanwhile may
 * lack the newest.
 */
public final class EstimateErrors {
  private static final double GROWTH = 1.1;
  private static final double FIRST = 0.001;
  private static final int CLASSES = 128;

  /**
   * @param count estimates that were compared
   * @param median half of them were at most so far off, as a share of the time that it took; NaN
   *     without any
   */
  public record Summary(long count, double median) {}

  private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

  void add(double estimated, double actual) {
    double error = Math.abs(estimated - actual) / Math.max(actual, 1);
    int place = error <= FIRST ? 0 : (int) Math.ceil(Math.log(error / FIRST) / Math.log(GROWTH));
    counts.incrementAndGet(Math.min(place, CLASSES - 1));
  }

  Summary summary() {
    long all = 0;
    for (int i = 0; i < CLASSES; i++) {
      all += counts.get(i);
    }
    long seen = 0;
    for (int i = 0; i < CLASSES; i++) {
      seen += counts.get(i);
      if (all > 0 && 2 * seen >= all) {
        return new Summary(all, FIRST * Math.pow(GROWTH, i));
      }
    }
    return new Summary(all, Double.NaN);
  }
}
