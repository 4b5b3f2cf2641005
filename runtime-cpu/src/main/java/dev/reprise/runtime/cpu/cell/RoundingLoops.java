package dev.reprise.runtime.cpu.cell;

/** Signs and whole numbers. */
final class RoundingLoops {
  private RoundingLoops() {}

  /** -x. */
  static final class Negate extends UnaryLoop {
    @Override
    double cell(double x) {
      return -x;
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = -x[i];
      }
    }
  }

  /** |x|. */
  static final class Absolute extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.abs(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.abs(x[i]);
      }
    }
  }

  /** -1, 0 or 1; NaN stays. */
  static final class Sign extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.signum(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.signum(x[i]);
      }
    }
  }

  /** The nearest whole number, halves up; NaN gives 0 and large values saturate at 2^63. */
  static final class Round extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.round(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.round(x[i]);
      }
    }
  }

  /** The next whole number down. */
  static final class Floor extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.floor(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.floor(x[i]);
      }
    }
  }

  /** The next whole number up. */
  static final class Ceil extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.ceil(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.ceil(x[i]);
      }
    }
  }
}
