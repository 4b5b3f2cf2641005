package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.OperandException;

/** What {@code aggregate} computes per group. Stateless. */
@FunctionalInterface
interface GroupFunction {

  /**
   * One result per group.
   *
   * @param count of groups; rows of further ones are left out
   */
  double[] aggregate(GroupedRows rows, int count);

  /** The function of a name; order belongs to central moments. */
  static GroupFunction of(String name, long order) {
    return switch (name) {
      case "sum" -> GroupFunction::sum;
      case "count" -> GroupFunction::count;
      case "mean" -> GroupFunction::mean;
      case "variance" -> GroupFunction::variance;
      case "centralmoment" -> (rows, count) -> centralMoment(rows, count, order);
      case "min" -> (rows, count) -> extreme(rows, count, true);
      case "max" -> (rows, count) -> extreme(rows, count, false);
      default ->
          throw new OperandException(
              "'aggregate' knows sum, count, mean, variance, centralmoment, min and max, not '"
                  + name
                  + "'");
    };
  }

  private static double[] sum(GroupedRows rows, int count) {
    double[] sums = new double[count];
    double[] lost = new double[count];
    rows.forEachPiece((x, group, weights, n) -> add(x, group, weights, n, sums, lost));
    return corrected(sums, lost);
  }

  private static void add(
      double[] x, int[] group, double[] weights, int n, double[] sums, double[] lost) {
    for (int i = 0; i < n; i++) {
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

  /** Sums with what they have lost, into the sums; infinities and NaN as plain addition gives. */
  private static double[] corrected(double[] sums, double[] lost) {
    for (int g = 0; g < sums.length; g++) {
      double corrected = sums[g] + lost[g];
      sums[g] = Double.isFinite(corrected) ? corrected : sums[g];
    }
    return sums;
  }

  private static double[] count(GroupedRows rows, int count) {
    double[] counts = new double[count];
    rows.forEachPiece((_, group, weights, n) -> addWeights(group, weights, n, counts));
    return counts;
  }

  private static void addWeights(int[] group, double[] weights, int n, double[] counts) {
    for (int i = 0; i < n; i++) {
      if (group[i] < counts.length) {
        counts[group[i]] += weights == null ? 1 : weights[i];
      }
    }
  }

  private static double[] mean(GroupedRows rows, int count) {
    return quotient(sum(rows, count), count(rows, count));
  }

  /** Sums over counts, into the sums; 0 where nothing was counted. */
  private static double[] quotient(double[] sums, double[] counts) {
    for (int g = 0; g < sums.length; g++) {
      sums[g] = counts[g] == 0 ? 0 : sums[g] / counts[g];
    }
    return sums;
  }

  private static double[] powers(GroupedRows rows, int count, long order) {
    double[] means = mean(rows, count);
    double[] sums = new double[count];
    double[] lost = new double[count];
    rows.forEachPiece((x, group, weights, n) -> {
      raise(x, group, n, means, order);
      add(x, group, weights, n, sums, lost);
    });
    return corrected(sums, lost);
  }

  /** Turns numbers into powers of their distances from the means of their groups. */
  private static void raise(double[] x, int[] group, int n, double[] means, long order) {
    for (int i = 0; i < n; i++) {
      if (group[i] < means.length) {
        double distance = x[i] - means[group[i]];
        double square = distance * distance;
        x[i] = order == 2 ? square : order == 3 ? square * distance : square * square;
      }
    }
  }

  private static double[] variance(GroupedRows rows, int count) {
    double[] squares = powers(rows, count, 2);
    double[] counts = count(rows, count);
    for (int g = 0; g < count; g++) {
      squares[g] = counts[g] > 1 ? squares[g] / (counts[g] - 1) : 0;
    }
    return squares;
  }

  private static double[] centralMoment(GroupedRows rows, int count, long order) {
    if (order < 2 || order > 4) {
      throw new OperandException("a central moment has order 2, 3 or 4, but got " + order);
    }
    double[] moments = powers(rows, count, order);
    double[] counts = count(rows, count);
    for (int g = 0; g < count; g++) {
      moments[g] /= counts[g];
    }
    return moments;
  }

  private static double[] extreme(GroupedRows rows, int count, boolean smallest) {
    double[] extremes = new double[count];
    boolean[] seen = new boolean[count];
    rows.forEachPiece((x, group, _, n) -> takeExtremes(x, group, n, smallest, extremes, seen));
    return extremes;
  }

  private static void takeExtremes(
      double[] x, int[] group, int n, boolean smallest, double[] extremes, boolean[] seen) {
    for (int i = 0; i < n; i++) {
      int g = group[i];
      if (g < extremes.length) {
        double other = seen[g] ? extremes[g] : x[i];
        extremes[g] = smallest ? Math.min(other, x[i]) : Math.max(other, x[i]);
        seen[g] = true;
      }
    }
  }
}
