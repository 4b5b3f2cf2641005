package dev.reprise.scheduler;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long operations take on devices, learnt from those that ran: a moving average for each
 * device, opcode or class of fused operations, and size class (the power of two of the estimated
 * work). Where nothing is known yet, the nearest size class scales by work; without any, a prior
 * for the kind of device.
 *
 * <p>Source: StarPU's history-based models, as its scheduler dmda uses them. Thread-safe: each
 * average is replaced atomically, so of two observations at once one may count for less.
 */
public final class CostModels {
  /** An average moves by at least this share of a new observation. */
  private static final double LEAST_WEIGHT = 1.0 / 16;

  /** Observations after which an average counts as learnt. */
  public static final int LEARNT = 10;

  /** Size classes that far apart say little about each other. */
  private static final int REACH = 12;

  private record Key(String device, String opcode, int sizeClass) {}

  /**
   * What is known of one size class.
   *
   * @param nanos average time
   * @param work average estimated work
   * @param count observations
   */
  public record Average(double nanos, double work, long count) {
    Average with(double newNanos, double newWork) {
      if (count < LEARNT && newNanos < nanos / 2) {
        // The first ones compiled code, loaded kernels or warmed caches up.
        return new Average(newNanos, newWork, count + 1);
      }
      double weight = Math.max(LEAST_WEIGHT, 1.0 / (count + 1));
      return new Average(
          nanos + weight * (newNanos - nanos), work + weight * (newWork - work), count + 1);
    }
  }

  private final Map<Key, Average> averages = new ConcurrentHashMap<>();
  private final Map<String, EstimateErrors> errors = new ConcurrentHashMap<>();

  private static int sizeClass(double work) {
    return work < 1 ? 0 : Math.getExponent(work);
  }

  /** Notes how long an operation took, and how far off the average was if it had seen enough. */
  public void observe(String device, String opcode, double work, double nanos) {
    Key key = new Key(device, opcode, sizeClass(work));
    Average before = averages.get(key);
    if (before != null && before.count >= LEARNT) {
      errors.computeIfAbsent(device, name -> new EstimateErrors()).add(before.nanos, nanos);
    }
    averages.merge(key, new Average(nanos, work, 1), (average, first) -> average.with(nanos, work));
  }

  /** How good estimates were that rest on {@link #LEARNT} observations or more, by device. */
  public Map<String, EstimateErrors.Summary> errors() {
    Map<String, EstimateErrors.Summary> sorted = new TreeMap<>();
    errors.forEach((device, error) -> sorted.put(device, error.summary()));
    return sorted;
  }

  /**
   * Estimated nanoseconds of an operation; NaN when nothing is known of the opcode on the device.
   *
   * @param work nominal nanoseconds on one core, from the operation table
   */
  public double nanos(String device, String opcode, double work) {
    int wanted = sizeClass(work);
    for (int distance = 0; distance <= REACH; distance++) {
      Average smaller = averages.get(new Key(device, opcode, wanted - distance));
      if (smaller != null) {
        // What is larger takes at least in proportion longer, or less where starting it dominated.
        return smaller.nanos * (distance == 0 ? 1 : Math.max(1, work / Math.max(smaller.work, 1)));
      }
      Average larger = averages.get(new Key(device, opcode, wanted + distance));
      if (larger != null) {
        return larger.nanos;
      }
    }
    return Double.NaN;
  }

  /** All averages, as {@code device opcode sizeClass}; for reports and files. */
  public Map<String, Average> averages() {
    Map<String, Average> sorted = new TreeMap<>();
    averages.forEach(
        (key, average) -> sorted.put(key.device + " " + key.opcode + " " + key.sizeClass, average));
    return sorted;
  }

  /** Takes over an average under a name as {@link #averages} gives it; ignores what is none. */
  public void restore(String name, Average average) {
    String[] parts = name.split(" ");
    if (parts.length == 3 && parts[2].matches("\\d{1,4}")) {
      averages.putIfAbsent(new Key(parts[0], parts[1], Integer.parseInt(parts[2])), average);
    }
  }
}
