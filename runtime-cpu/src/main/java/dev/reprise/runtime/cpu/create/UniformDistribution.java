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
  private final long[] even = new long[Philox.BATCH];
  private final long[] odd = new long[Philox.BATCH];

  UniformDistribution(long seed, double min, double max) {
    this(seed, Philox.UNIFORM, min, max);
  }

  private UniformDistribution(long seed, int stream, double min, double max) {
    this.min = min;
    this.span = max - min;
    // min + u * span may round up to max.
    this.last = max > min ? Math.nextDown(max) : min;
    this.philox = new Philox(seed, stream);
  }

  /** What decides which cells of a sparse matrix are non-zero: uniform in [0, 1). */
  static UniformDistribution chances(long seed) {
    return new UniformDistribution(seed, Philox.SPARSITY, 0, 1);
  }

  @Override
  public void fill(long first, double[] cells, int n) {
    int blocks = (n + 1) / 2;
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
