package dev.reprise.runtime.cpu.cell;

/** Powers and logarithms to a base. */
final class PowerLoops {
  private PowerLoops() {}

  /** Logarithm of a to base b. */
  static final class LogBase extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return Math.log(a) / Math.log(b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.log(a[i]) / Math.log(b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.log(a[i]) / Math.log(b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.log(a) / Math.log(b[i]);
      }
    }
  }

  /** a to the power of b; a square is a product, which gives the same bits. */
  static final class Power extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return Math.pow(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.pow(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      if (b == 2) {
        square(a, out, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        out[i] = Math.pow(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.pow(a, b[i]);
      }
    }

    private static void square(double[] a, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] * a[i];
      }
    }
  }
}
