package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.LogarithmSeries;

/** Roots, exponentials and logarithms. */
final class ExponentialLoops {
  private ExponentialLoops() {}

  /** Square root; NaN below zero. */
  static final class SquareRoot extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.sqrt(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.sqrt(x[i]);
      }
    }
  }

  /** Natural logarithm; of cells by the series that there is machine code of, with its bits. */
  static final class Log extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.log(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      LogarithmSeries.log(x, out, n);
    }
  }

  /** Hyperbolic sine. */
  static final class Sinh extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.sinh(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.sinh(x[i]);
      }
    }
  }

  /** Hyperbolic cosine. */
  static final class Cosh extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.cosh(x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.cosh(x[i]);
      }
    }
  }
}
