package dev.reprise.bench.compare;

import java.util.Arrays;
import java.util.Locale;

/** Median, smallest and largest of some seconds; all NaN when there are none. */
record Spread(double median, double min, double max) {

  static Spread of(double[] values) {
    if (values.length == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  boolean isKnown() {
    return Double.isFinite(median);
  }

  @Override
  public String toString() {
    if (!isKnown()) {
      return "-";
    }
    String digits = median < 1 ? "%.3f" : "%.2f";
    if (min == max) {
      return String.format(Locale.ROOT, digits, median);
    }
    return String.format(
        Locale.ROOT, digits + " (" + digits + "-" + digits + ")", median, min, max);
  }
}
