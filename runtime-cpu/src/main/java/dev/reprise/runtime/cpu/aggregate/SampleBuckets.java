package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.util.Arrays;

/**
 * Buckets of a large sample without NaN, by the values: a value of some rank is found by sorting
 * the bucket in which it lies. Differences, products and cuts are rounded in the order of the
 * values, so a smaller value is never in a later bucket.
 */
final class SampleBuckets {
  /** Smaller samples are sorted. */
  private static final int LARGE = 1 << 12;

  private static final int BUCKETS = 1 << 12;

  private static final int CHUNKS = 4;

  /** Values of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 256;

  private final double[] values;
  private final double least;
  private final double scale;

  /** How many values lie in a bucket and those before it. */
  private final int[] ends;

  private SampleBuckets(double[] values, double least, double scale, int[] ends) {
    this.values = values;
    this.least = least;
    this.scale = scale;
    this.ends = ends;
  }

  /**
   * The buckets of an array, which must not change; null when it is better sorted, or holds NaN or
   * infinities.
   */
  static SampleBuckets of(double[] values, Parallel parallel, ExecutionContext context) {
    if (values.length < LARGE) {
      return null;
    }
    int chunk = Math.ceilDiv(values.length, CHUNKS);
    double[] leasts = new double[CHUNKS];
    double[] mosts = new double[CHUNKS];
    parallel.forRange(
        context,
        values.length,
        chunk,
        (from, to) -> {
          double least = Double.POSITIVE_INFINITY;
          double most = Double.NEGATIVE_INFINITY;
          for (long i = from; i < to; i += PIECE) {
            int end = (int) Math.min(to, i + PIECE);
            least = Math.min(least, least(values, (int) i, end));
            most = Math.max(most, most(values, (int) i, end));
          }
          leasts[(int) (from / chunk)] = least;
          mosts[(int) (from / chunk)] = most;
        });
    double least = Arrays.stream(leasts).min().orElseThrow();
    double range = Arrays.stream(mosts).max().orElseThrow() - least;
    double scale = BUCKETS / range;
    if (!(range < Double.POSITIVE_INFINITY && scale < Double.POSITIVE_INFINITY)) {
      return null;
    }
    int[][] counts = new int[CHUNKS][BUCKETS];
    parallel.forRange(
        context,
        values.length,
        chunk,
        (from, to) -> {
          int[] ofChunk = counts[(int) (from / chunk)];
          for (long i = from; i < to; i += PIECE) {
            count(values, (int) i, (int) Math.min(to, i + PIECE), least, scale, ofChunk);
          }
        });
    int[] ends = new int[BUCKETS];
    int end = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      for (int[] of : counts) {
        end += of[bucket];
      }
      ends[bucket] = end;
    }
    return new SampleBuckets(values, least, scale, ends);
  }

  /** The smallest value, NaN if any is. */
  private static double least(double[] values, int from, int to) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (!(values[i] >= least)) {
        least = values[i];
        if (Double.isNaN(least)) {
          return least;
        }
      }
    }
    return least;
  }

  /** The largest value, NaN if any is. */
  private static double most(double[] values, int from, int to) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (!(values[i] <= most)) {
        most = values[i];
        if (Double.isNaN(most)) {
          return most;
        }
      }
    }
    return most;
  }

  private static void count(
      double[] values, int from, int to, double least, double scale, int[] counts) {
    for (int i = from; i < to; i++) {
      counts[bucket(values[i], least, scale)]++;
    }
  }

  private static int bucket(double value, double least, double scale) {
    return Math.min(BUCKETS - 1, (int) ((value - least) * scale));
  }

  /** The value of a rank from 0 when all are sorted, -0 before 0. */
  double ranked(int rank) {
    int at = Arrays.binarySearch(ends, rank);
    // Of a bucket that ends at the rank, and of empty ones, the value is behind.
    int bucket = at < 0 ? -at - 1 : at + 1;
    while (ends[bucket] <= rank) {
      bucket++;
    }
    int before = bucket == 0 ? 0 : ends[bucket - 1];
    double[] found = new double[ends[bucket] - before];
    int count = 0;
    for (long i = 0; count < found.length; i += PIECE) {
      count = collect(bucket, (int) i, (int) Math.min(values.length, i + PIECE), found, count);
    }
    Arrays.sort(found);
    return found[rank - before];
  }

  /** Adds the values of a bucket to so many; returns how many there are then. */
  private int collect(int bucket, int from, int to, double[] found, int count) {
    int next = count;
    for (int i = from; i < to; i++) {
      if (bucket(values[i], least, scale) == bucket) {
        found[next++] = values[i];
      }
    }
    return next;
  }
}
