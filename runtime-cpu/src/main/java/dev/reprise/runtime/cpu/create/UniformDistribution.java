package dev.reprise.runtime.cpu.create;

/**
 * Uniform in [min, max); with max below min in (max, min]; with both equal that number, without
 * drawing.
 */
final class UniformDistribution implements Distribution {
  private final double min;
  private final double span;
  private final double last;
  private final Philox philox;
  private final long[] even;
  private final long[] odd;

  /**
   * @param most cells of one {@link #fill}
   */
  UniformDistribution(long seed, double min, double max, int most) {
    this(seed, Philox.UNIFORM, min, max, most);
  }

  private UniformDistribution(long seed, int stream, double min, double max, int most) {
    this.min = min;
    this.span = span(min, max);
    this.last = last(min, max);
    int blocks = Distribution.blocks(most);
    this.philox = new Philox(seed, stream, blocks);
    this.even = new long[blocks];
    this.odd = new long[blocks];
  }

  /** What a number from 0 to before 1 is multiplied with. */
  static double span(double min, double max) {
    return max - min;
  }

  /** The largest number that there may be: min + u * span may round up to max. */
  static double last(double min, double max) {
    return max > min ? Math.nextDown(max) : min;
  }

  /** What decides which cells of a sparse matrix are non-zero: uniform in [0, 1). */
  static UniformDistribution chances(long seed, int most) {
    return new UniformDistribution(seed, Philox.SPARSITY, 0, 1, most);
  }

  @Override
  public void fill(long first, double[] cells, int n) {
    int blocks = Distribution.blocks(n);
    philox.generate(first / 2, blocks, 0, even, odd);
    for (int i = 0; i < n / 2; i++) {
      cells[2 * i] = scale(even[i]);
      cells[2 * i + 1] = scale(odd[i]);
    }
    if (n % 2 == 1) {
      cells[n - 1] = scale(even[blocks - 1]);
    }
  }

  private double scale(long bits) {
    return Math.min(last, min + Philox.uniform(bits) * span);
  }
}
