package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.CellFunction;

/**
 * Powers of e over blocks of cells, as vector code: see {@link SigmoidLoops} for how. Within 2
 * units in the last place of the true value. Stateless.
 */
public final class ExponentialBlocks {
  private static final double LARGEST = 700;
  private static final SigmoidLoops.Exponential EXP = new SigmoidLoops.Exp();
  private static final SigmoidLoops.Exponential LOGISTIC = new SigmoidLoops.Sigmoid();
  private static final SigmoidLoops.Exponential TANH = new SigmoidLoops.Tanh();

  private ExponentialBlocks() {}

  /**
   * {@code out = e^x} over n cells.
   *
   * @param k scratch of at least n cells
   * @param out not x
   */
  public static void exp(double[] x, double[] k, double[] out, int n) {
    if (!CellFunction.areThere() || !CellFunction.EXPONENTIAL.run(x, out, n)) {
      EXP.computeInJava(x, k, out, out, n);
    }
  }

  /**
   * The logistic function of n cells, in place.
   *
   * @param k scratch of at least n cells
   * @param rest likewise
   */
  public static void logistic(double[] x, double[] k, double[] rest, int n) {
    LOGISTIC.compute(x, k, rest, x, n);
  }

  /** The hyperbolic tangent of n cells, as {@link #logistic}; {@code out} may be x. */
  public static void tanh(double[] x, double[] k, double[] rest, double[] out, int n) {
    TANH.compute(x, k, rest, out, n);
  }

  /** {@code out = e^x - 1} for x up to 0, exact near 0; arguments as {@link #exp}. */
  static void lessOne(double[] x, double[] k, double[] out, int n) {
    System.arraycopy(x, 0, out, 0, n);
    SigmoidLoops.Exponential.reduce(out, k, n);
    SigmoidLoops.Exponential.exponentialLessOne(out, n);
    for (int i = 0; i < n; i++) {
      double power = SigmoidLoops.Exponential.powerOfTwo(k[i]);
      out[i] = x[i] >= -LARGEST ? power * out[i] + (power - 1) : Math.expm1(x[i]);
    }
  }
}
