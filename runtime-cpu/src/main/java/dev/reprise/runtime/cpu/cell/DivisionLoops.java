package dev.reprise.runtime.cpu.cell;

/** Whole division and its remainder, truncated towards zero as SystemDS 3.3 has them. */
final class DivisionLoops {
  private DivisionLoops() {}

  /** Whole part of the quotient. */
  static final class WholeDivide extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return whole(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = whole(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = whole(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = whole(a, b[i]);
      }
    }
  }

  /** What whole division leaves, with the sign of a. */
  static final class Remainder extends BinaryLoop {
    @Override
    double cell(double a, double b) {
      return remainder(a, b);
    }

    @Override
    void arrays(double[] a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = remainder(a[i], b[i]);
      }
    }

    @Override
    void arrayScalar(double[] a, double b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = remainder(a[i], b);
      }
    }

    @Override
    void scalarArray(double a, double[] b, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = remainder(a, b[i]);
      }
    }
  }

  /** The quotient without its fraction; NaN and infinities stay. Saturates at 2^63. */
  static double whole(double a, double b) {
    double quotient = a / b;
    return Double.isFinite(quotient) ? (double) (long) quotient : quotient;
  }

  static double remainder(double a, double b) {
    return a - whole(a, b) * b;
  }
}
