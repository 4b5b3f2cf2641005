package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.AngleSeries;

/** Trigonometric functions, in radians. */
final class AngleLoops {
  private AngleLoops() {}

  /** Sine. */
  static final class Sin extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.sin(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = AngleSeries.sin(x[i]);
      }
    }
  }

  /** Cosine. */
  static final class Cos extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.cos(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = AngleSeries.cos(x[i]);
      }
    }
  }

  /** Tangent. */
  static final class Tan extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.tan(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.tan(x[i]);
      }
    }
  }

  /** Arc sine. */
  static final class Asin extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.asin(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.asin(x[i]);
      }
    }
  }

  /** Arc cosine. */
  static final class Acos extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.acos(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.acos(x[i]);
      }
    }
  }

  /** Arc tangent. */
  static final class Atan extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.atan(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.atan(x[i]);
      }
    }
  }
}
