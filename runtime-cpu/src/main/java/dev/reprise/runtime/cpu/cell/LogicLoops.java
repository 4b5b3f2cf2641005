package dev.reprise.runtime.cpu.cell;

/** Logic over numbers: everything but zero is true, also NaN. */
final class LogicLoops {
  private LogicLoops() {}

  /** Both true. */
  static final class And extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a != 0 && b != 0 ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != 0 && b[i] != 0 ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != 0 && b != 0 ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a != 0 && b[i] != 0 ? 1 : 0;
      }
    }
  }

  /** At least one true. */
  static final class Or extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return a != 0 || b != 0 ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != 0 || b[i] != 0 ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a[i] != 0 || b != 0 ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = a != 0 || b[i] != 0 ? 1 : 0;
      }
    }
  }

  /** Exactly one true. */
  static final class ExclusiveOr extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return (a != 0) != (b != 0) ? 1 : 0;
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (a[i] != 0) != (b[i] != 0) ? 1 : 0;
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (a[i] != 0) != (b != 0) ? 1 : 0;
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = (a != 0) != (b[i] != 0) ? 1 : 0;
      }
    }
  }
}
