package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.LogarithmSeries;

/** Powers and logarithms to a base. */
final class PowerLoops {
  private PowerLoops() {}

  /** Logarithm of a to base b; of cells by the series that there is machine code of. */
  static final class LogBase extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return Math.log(a) / Math.log(b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = LogarithmSeries.log(a[i]) / LogarithmSeries.log(b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      double base = LogarithmSeries.log(b);
      for (int i = 0; i < n; i++) {
        out[i] = LogarithmSeries.log(a[i]) / base;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      double log = LogarithmSeries.log(a);
      for (int i = 0; i < n; i++) {
        out[i] = log / LogarithmSeries.log(b[i]);
      }
    }
  }

  /**
   * a to the power of b: {@code Math.pow}, but for inverses, which are quotients here. A square as
   * a product has the same bits.
   */
  static final class Power extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return b == -1 ? 1 / a : Math.pow(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = cell(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      if (b == 2) {
        square(a, out, n);
      } else if (b == -1) {
        invert(a, out, n);
      } else {
        for (int i = 0; i < n; i++) {
          out[i] = Math.pow(a[i], b);
        }
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = cell(a, b[i]);
      }
    }

    private static void square(double[] a, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * a[i];
      }
    }

    private static void invert(double[] a, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = 1 / a[i];
      }
    }
  }
}
