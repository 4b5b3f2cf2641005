package dev.reprise.runtime.cpu.aggregate;

/**
 * A running sum with the rounding errors kept beside it (Neumaier's variant of Kahan's sum). Not
 * for several threads.
 */
final class Accumulator {
  private double sum;
  private double correction;

  void add(double value) {
    double next = sum + value;
    correction += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }

  /** Adds so many values of an array, one after another. */
  void add(double[] values, int from, int count) {
    double all = sum;
    double lost = correction;
    for (int i = from; i < from + count; i++) {
      double value = values[i];
      double next = all + value;
      lost += Math.abs(all) >= Math.abs(value) ? (all - next) + value : (value - next) + all;
      all = next;
    }
    sum = all;
    correction = lost;
  }

  /** Adds what another accumulator holds. */
  void add(Accumulator other) {
    add(other.sum);
    correction += other.correction;
  }

  /** The sum; infinities and NaN as plain addition gives them. */
  double value() {
    return value(sum, correction);
  }

  /** As the other, of a sum and what it has lost. */
  static double value(double sum, double lost) {
    double corrected = sum + lost;
    return Double.isFinite(corrected) ? corrected : sum;
  }
}
