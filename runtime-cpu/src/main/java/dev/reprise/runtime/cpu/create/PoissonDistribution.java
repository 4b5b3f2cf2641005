package dev.reprise.runtime.cpu.create;

/**
 * Poisson cells: by inversion of one uniform number for small means, by transformed rejection
 * (Hoermann's PTRS) for others. Each cell has blocks of its own, numbered by the draw.
 *
 * <p>Source: Hoermann: The transformed rejection method for generating Poisson random variables,
 * Insurance: Mathematics and Economics 12 (1993).
 */
final class PoissonDistribution implements Distribution {
  private static final double MOST_INVERTED = 10;

  private final double mean;
  private final double noneProbability;
  private final Philox philox;
  private final long[] even = new long[Philox.BATCH];
  private final long[] odd = new long[Philox.BATCH];
  private final long[] one = new long[1];
  private final long[] two = new long[1];

  PoissonDistribution(long seed, double mean) {
    this.mean = mean;
    this.noneProbability = StrictMath.exp(-mean);
    this.philox = new Philox(seed, Philox.POISSON);
  }

  @Override
  public void fill(long first, double[] cells, int n) {
    for (int from = 0; from < n; from += Philox.BATCH) {
      int count = Math.min(Philox.BATCH, n - from);
      philox.generate(first + from, count, 0, even, odd);
      for (int i = 0; i < count; i++) {
        cells[from + i] =
            mean < MOST_INVERTED
                ? invert(Philox.uniform(even[i]))
                : reject(first + from + i, even[i], odd[i]);
      }
    }
  }

  /** The smallest k whose cumulated probability exceeds u. */
  private double invert(double u) {
    double probability = noneProbability;
    double sum = probability;
    double k = 0;
    // Once the terms no longer change the sum, u lies beyond what 53 bits can resolve.
    while (u >= sum && probability > sum * 0x1p-54) {
      k++;
      probability *= mean / k;
      sum += probability;
    }
    return k;
  }

  private double reject(long cell, long firstBits, long secondBits) {
    double b = 0.931 + 2.53 * Math.sqrt(mean);
    double a = -0.059 + 0.02483 * b;
    double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    double accepted = 0.9277 - 3.6224 / (b - 2);
    long bits1 = firstBits;
    long bits2 = secondBits;
    for (int draw = 1; ; draw++) {
      double u = Philox.uniform(bits1) - 0.5;
      double v = 1 - Philox.uniform(bits2);
      double us = 0.5 - Math.abs(u);
      double k = Math.floor((2 * a / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= accepted) {
        return k;
      }
      boolean outside = k < 0 || us < 0.013 && v > us;
      if (!outside
          && StrictMath.log(v * inverseAlpha / (a / (us * us) + b))
              <= k * StrictMath.log(mean) - mean - logFactorial(k)) {
        return k;
      }
      philox.generate(cell, 1, draw, one, two);
      bits1 = one[0];
      bits2 = two[0];
    }
  }

  /** ln k!, by products below 10 and by Stirling's series above. */
  private static double logFactorial(double k) {
    if (k < 10) {
      double product = 1;
      for (int i = 2; i <= k; i++) {
        product *= i;
      }
      return StrictMath.log(product);
    }
    double x = k + 1;
    double z = 1 / (x * x);
    double series = (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z / 1680))) / x;
    return (x - 0.5) * StrictMath.log(x) - x + 0.5 * StrictMath.log(2 * Math.PI) + series;
  }
}
