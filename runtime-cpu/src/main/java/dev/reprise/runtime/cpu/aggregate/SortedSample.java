package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.shape.SortedOrder;
import java.util.Arrays;

/**
 * A sample in ascending order, each value with how often it counts. It is sorted when the order of
 * all is asked for; single values of a large sample are found in its buckets before. For one
 * thread.
 */
final class SortedSample {
  private final double[] values;

  /** Null when the values are sorted. */
  private SampleBuckets unsorted;

  /** Values that may still be asked for one by one before sorting pays. */
  private int selections = 8;

  /** Weight of all values up to and including i; null when each counts once. */
  private final double[] cumulated;

  private final boolean hasNaN;

  private SortedSample(double[] values, double[] cumulated, SampleBuckets unsorted) {
    this.values = values;
    this.cumulated = cumulated;
    this.unsorted = unsorted;
    this.hasNaN = values.length > 0 && Double.isNaN(values[values.length - 1]);
  }

  /** Takes over the array. */
  static SortedSample of(double[] values, Parallel parallel, ExecutionContext context) {
    SampleBuckets buckets = SampleBuckets.of(values, parallel, context);
    if (buckets == null) {
      Arrays.sort(values);
    }
    return new SortedSample(values, null, buckets);
  }

  /** A sample with whole weights, as repetitions. */
  static SortedSample of(
      double[] values, double[] weights, Parallel parallel, ExecutionContext context) {
    int[] order =
        SortedOrder.ascending(values.length).by(values, false, parallel, context).indices();
    double[] sorted = new double[values.length];
    double[] cumulated = new double[values.length];
    double total = 0;
    for (int i = 0; i < order.length; i++) {
      double weight = weights[order[i]];
      if (weight != Math.rint(weight) || weight < 0) {
        throw new OperandException("quantile weights are whole numbers, but got " + weight);
      }
      sorted[i] = values[order[i]];
      total += weight;
      cumulated[i] = total;
    }
    return new SortedSample(sorted, cumulated, null);
  }

  /** How many values there are, repetitions counted. */
  double size() {
    return cumulated == null
        ? values.length
        : values.length == 0 ? 0 : cumulated[values.length - 1];
  }

  /** True when nothing can be said: no value at all, or a NaN among them. */
  boolean isUndefined() {
    return hasNaN || size() == 0;
  }

  /** The smallest value below or at which lies the share p, in 0..1, of the sample. */
  double quantile(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new OperandException("a quantile lies between 0 and 1, but got " + p);
    }
    return isUndefined() ? Double.NaN : ranked(Math.max(1, Math.ceil(p * size())));
  }

  /** The middle value, or the mean of the two middle ones. */
  double median() {
    if (isUndefined()) {
      return Double.NaN;
    }
    double size = size();
    return size % 2 == 0 ? (ranked(size / 2) + ranked(size / 2 + 1)) / 2 : ranked((size + 1) / 2);
  }

  /** The mean of what lies between the quartiles; values on a quartile count in part. */
  double interQuartileMean() {
    if (isUndefined()) {
      return Double.NaN;
    }
    sort();
    double lower = 0.25 * size();
    double upper = 0.75 * size();
    Accumulator sum = new Accumulator();
    for (int i = 0; i < values.length; i++) {
      double from = i == 0 ? 0 : upTo(i - 1);
      double share = Math.min(upTo(i), upper) - Math.max(from, lower);
      if (share > 0) {
        sum.add(share * values[i]);
      }
    }
    return sum.value() / (upper - lower);
  }

  /** The value of one-based rank, repetitions counted. */
  private double ranked(double rank) {
    if (unsorted != null && selections-- > 0) {
      return unsorted.ranked((int) rank - 1);
    }
    if (cumulated == null) {
      sort();
      return values[(int) rank - 1];
    }
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulated[middle] >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return values[low];
  }

  private void sort() {
    if (unsorted != null) {
      Arrays.sort(values);
      unsorted = null;
    }
  }

  private double upTo(int i) {
    return cumulated == null ? i + 1 : cumulated[i];
  }
}
