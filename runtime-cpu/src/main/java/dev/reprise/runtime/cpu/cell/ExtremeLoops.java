package dev.reprise.runtime.cpu.cell;

/** Smaller and larger of two numbers; NaN if either is. */
final class ExtremeLoops {
  private ExtremeLoops() {}

  /** The smaller. */
  static final class Min extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return Math.min(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.min(a, b[i]);
      }
    }
  }

  /** The larger. */
  static final class Max extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return Math.max(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(a, b[i]);
      }
    }
  }
}
