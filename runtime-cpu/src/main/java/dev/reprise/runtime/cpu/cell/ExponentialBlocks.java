package dev.reprise.runtime.cpu.cell;

/**
 * Powers of e over blocks of cells, as vector code: see {@link SigmoidLoops} for how. Within 2
 * units in the last place of the true value. Stateless.
 */
public final class ExponentialBlocks {
  private static final double LARGEST = 700;

  private ExponentialBlocks() {}

  /**
   * {@code out = e^x} over n cells.
   *
   * @param k scratch of at least n cells
   * @param out not x
   */
  public static void exp(double[] x, double[] k, double[] out, int n) {
    prepare(x, k, out, n);
    for (int i = 0; i < n; i++) {
      double power = SigmoidLoops.Exponential.powerOfTwo(k[i]);
      out[i] = Math.abs(x[i]) <= LARGEST ? power + power * out[i] : Math.exp(x[i]);
    }
  }

  /** {@code out = e^x - 1} for x up to 0, exact near 0; arguments as {@link #exp}. */
  static void lessOne(double[] x, double[] k, double[] out, int n) {
    prepare(x, k, out, n);
    for (int i = 0; i < n; i++) {
      double power = SigmoidLoops.Exponential.powerOfTwo(k[i]);
      out[i] = x[i] >= -LARGEST ? power * out[i] + (power - 1) : Math.expm1(x[i]);
    }
  }

  private static void prepare(double[] x, double[] k, double[] out, int n) {
    System.arraycopy(x, 0, out, 0, n);
    SigmoidLoops.Exponential.reduce(out, k, n);
    SigmoidLoops.Exponential.exponentialLessOne(out, n);
  }
}
