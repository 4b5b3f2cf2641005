package dev.reprise.runtime.cpu.cell;

/** Tests of one number, as 1 and 0. */
final class TestLoops {
  private TestLoops() {}

  /** True for zero only. */
  static final class Not extends UnaryLoop {
    @Override
    double cell(double x) {
      return x == 0 ? 1 : 0;
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = x[i] == 0 ? 1 : 0;
      }
    }
  }

  /** True for NaN. */
  static final class IsNaN extends UnaryLoop {
    @Override
    double cell(double x) {
      return x != x ? 1 : 0;
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = x[i] != x[i] ? 1 : 0;
      }
    }
  }

  /** True for both infinities. */
  static final class IsInfinite extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.abs(x) == Double.POSITIVE_INFINITY ? 1 : 0;
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.abs(x[i]) == Double.POSITIVE_INFINITY ? 1 : 0;
      }
    }
  }
}
