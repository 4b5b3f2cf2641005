package dev.reprise.runtime.cpu.cell;

/** Comparisons as 1 and 0; a NaN is unequal to everything, itself included. */
final class ComparisonLoops {
  private ComparisonLoops() {}

  /** a below b. */
  static final class Less extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a < b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] < b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] < b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a < b[i] ? 1 : 0;
      }
    }
  }

  /** a at most b. */
  static final class LessEqual extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a <= b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] <= b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] <= b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a <= b[i] ? 1 : 0;
      }
    }
  }

  /** a above b. */
  static final class Greater extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a > b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] > b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] > b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a > b[i] ? 1 : 0;
      }
    }
  }

  /** a at least b. */
  static final class GreaterEqual extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a >= b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] >= b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] >= b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a >= b[i] ? 1 : 0;
      }
    }
  }

  /** a equal to b. */
  static final class Equal extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a == b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] == b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] == b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a == b[i] ? 1 : 0;
      }
    }
  }

  /** a unequal to b. */
  static final class NotEqual extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a != b ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != b[i] ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != b ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a != b[i] ? 1 : 0;
      }
    }
  }
}
