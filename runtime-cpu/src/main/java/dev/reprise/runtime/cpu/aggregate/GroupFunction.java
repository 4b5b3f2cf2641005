package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.OperandException;

/** What {@code aggregate} computes per group. Stateless. */
@FunctionalInterface
interface GroupFunction {
  /** Rows of a call: what is called some hundred times is compiled as a whole. */
  int PIECE = 256;

  /**
   * One result per group.
   *
   * @param group zero-based group of each value; values of groups from {@code count} on are left
   *     out
   * @param weights how often each value counts, or null for once
   */
  double[] aggregate(double[] x, int[] group, double[] weights, int count);

  /** The function of a name; order belongs to central moments. */
  static GroupFunction of(String name, long order) {
    return switch (name) {
      case "sum" -> GroupFunction::sum;
      case "count" -> GroupFunction::count;
      case "mean" -> GroupFunction::mean;
      case "variance" -> GroupFunction::variance;
      case "centralmoment" -> (x, group, w, count) -> centralMoment(x, group, w, count, order);
      case "min" -> (x, group, w, count) -> extreme(x, group, count, true);
      case "max" -> (x, group, w, count) -> extreme(x, group, count, false);
      default ->
          throw new OperandException(
              "'aggregate' knows sum, count, mean, variance, centralmoment, min and max, not '"
                  + name
                  + "'");
    };
  }

  private static double[] sum(double[] x, int[] group, double[] weights, int count) {
    double[] sums = new double[count];
    double[] lost = new double[count];
    for (int i = 0; i < x.length; i += PIECE) {
      add(x, group, weights, i, Math.min(x.length, i + PIECE), sums, lost);
    }
    for (int g = 0; g < count; g++) {
      double corrected = sums[g] + lost[g];
      sums[g] = Double.isFinite(corrected) ? corrected : sums[g];
    }
    return sums;
  }

  private static void add(
      double[] x, int[] group, double[] weights, int from, int to, double[] sums, double[] lost) {
    for (int i = from; i < to; i++) {
      int g = group[i];
      if (g < sums.length) {
        double value = weights == null ? x[i] : weights[i] * x[i];
        double sum = sums[g];
        double next = sum + value;
        double part = next - sum;
        lost[g] += (sum - (next - part)) + (value - part);
        sums[g] = next;
      }
    }
  }

  private static double[] count(double[] x, int[] group, double[] weights, int count) {
    double[] counts = new double[count];
    for (int i = 0; i < x.length; i += PIECE) {
      addWeights(group, weights, i, Math.min(x.length, i + PIECE), counts);
    }
    return counts;
  }

  private static void addWeights(
      int[] group, double[] weights, int from, int to, double[] counts) {
    for (int i = from; i < to; i++) {
      if (group[i] < counts.length) {
        counts[group[i]] += weights == null ? 1 : weights[i];
      }
    }
  }

  private static double[] mean(double[] x, int[] group, double[] weights, int count) {
    double[] sums = sum(x, group, weights, count);
    return quotient(sums, count(x, group, weights, count));
  }

  /** Sums over counts, into the sums; 0 where nothing was counted. */
  private static double[] quotient(double[] sums, double[] counts) {
    for (int g = 0; g < sums.length; g++) {
      sums[g] = counts[g] == 0 ? 0 : sums[g] / counts[g];
    }
    return sums;
  }

  private static double[] powers(double[] x, int[] group, double[] weights, int count, long order) {
    double[] means = mean(x, group, weights, count);
    double[] powers = new double[x.length];
    for (int i = 0; i < x.length; i += PIECE) {
      raise(x, group, means, order, i, Math.min(x.length, i + PIECE), powers);
    }
    return sum(powers, group, weights, count);
  }

  private static void raise(
      double[] x, int[] group, double[] means, long order, int from, int to, double[] powers) {
    for (int i = from; i < to; i++) {
      if (group[i] < means.length) {
        double distance = x[i] - means[group[i]];
        double square = distance * distance;
        powers[i] = order == 2 ? square : order == 3 ? square * distance : square * square;
      }
    }
  }

  private static double[] variance(double[] x, int[] group, double[] weights, int count) {
    double[] squares = powers(x, group, weights, count, 2);
    double[] counts = count(x, group, weights, count);
    for (int g = 0; g < count; g++) {
      squares[g] = counts[g] > 1 ? squares[g] / (counts[g] - 1) : 0;
    }
    return squares;
  }

  private static double[] centralMoment(
      double[] x, int[] group, double[] weights, int count, long order) {
    if (order < 2 || order > 4) {
      throw new OperandException("a central moment has order 2, 3 or 4, but got " + order);
    }
    double[] moments = powers(x, group, weights, count, order);
    double[] counts = count(x, group, weights, count);
    for (int g = 0; g < count; g++) {
      moments[g] /= counts[g];
    }
    return moments;
  }

  private static double[] extreme(double[] x, int[] group, int count, boolean smallest) {
    double[] extremes = new double[count];
    boolean[] seen = new boolean[count];
    for (int i = 0; i < x.length; i++) {
      int g = group[i];
      if (g >= count) {
        continue;
      }
      double other = seen[g] ? extremes[g] : x[i];
      extremes[g] = smallest ? Math.min(other, x[i]) : Math.max(other, x[i]);
      seen[g] = true;
    }
    return extremes;
  }
}
